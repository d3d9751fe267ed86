#include <fstream>

#include <doctest/doctest.h>

#include "models/tokenizer/tokenizer.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {

TEST_CASE("a given tokenizer is taken as it is") {
  CHECK(find_tokenizer("model", "there/t.json", 10) == "there/t.json");
}

TEST_CASE("beside a .bin, the tokenizer of its vocabulary comes before the common one") {
  const tests::ScratchFolder folder;
  const auto model = folder.path() / "m.bin";
  std::ofstream{folder.path() / "tokenizer.bin"};
  CHECK(find_tokenizer(model, "", 512) == folder.path() / "tokenizer.bin");
  std::ofstream{folder.path() / "tok512.bin"};
  CHECK(find_tokenizer(model, "", 512) == folder.path() / "tok512.bin");
  CHECK(find_tokenizer(model, "", 600) == folder.path() / "tokenizer.bin");
}

TEST_CASE("inside a directory, and where it was looked for in vain") {
  const tests::ScratchFolder folder;
  const std::string here = folder.path().string();
  CHECK(tests::complaint([&] { find_tokenizer(here, "", 5); }) ==
        "no tokenizer beside the model: looked for " + here + "/tokenizer.json, " + here + "/tokenizer.model");
  CHECK(tests::complaint([&] { find_tokenizer(here + "/m.bin", "", 5); }) ==
        "no tokenizer beside the model: looked for " + here + "/tok5.bin, " + here + "/tokenizer.bin, " + here +
            "/tokenizer.json, " + here + "/tokenizer.model");
  CHECK(tests::complaint([&] { find_tokenizer(here + "/m.gguf", "", 5); }) ==
        "no tokenizer beside the model: looked for " + here + "/m.gguf");
  CHECK(find_tokenizer(tests::bundled_model(), "", 2048) == tests::bundled_model() / "tokenizer.json");
}

TEST_CASE("opening") {
  const tests::ScratchFolder folder;
  const std::string here = folder.path().string();
  CHECK(open_tokenizer(tests::bundled_model(), 2048)->vocabulary_size() == 2048);
  CHECK(open_tokenizer(tests::bundled_model() / "tokenizer.json", 0)->bos() == 1);
  CHECK(tests::complaint([] {
          open_tokenizer(tests::bundled_model(), 2047);
        }).ends_with("tokenizer.json: 2048 pieces, but the model's embedding has 2047 rows"));
  CHECK_THROWS_AS(open_tokenizer(tests::bundled_model(), 2300), DataError);  // a tenth of the rows without a piece
  CHECK_NOTHROW(open_tokenizer(tests::bundled_model(), 2112));
  CHECK(tests::complaint([&] { open_tokenizer(here, 5); }) ==
        "no tokenizer in the folder: looked for " + here + "/tokenizer.json, " + here + "/tokenizer.model");
  CHECK(tests::complaint([&] { open_tokenizer(here + "/t.json", 5); }) == here + "/t.json: no such tokenizer");
  std::ofstream{folder.path() / "t.txt"};
  CHECK(tests::complaint([&] { open_tokenizer(here + "/t.txt", 5); }) ==
        here + "/t.txt: neither a .json, a .model, a .gguf nor a .bin file");
}

}  // namespace snnsim::models
