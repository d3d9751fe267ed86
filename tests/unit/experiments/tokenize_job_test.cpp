#include "experiments/tokenize_job.hpp"

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/byte_tokenizer.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::experiments {
namespace {

const tests::ByteTokenizer tokenizer;

std::string encoded(std::string_view text, const TokenizeOptions& options) {
  std::string out;
  encode_inputs(tokenizer, text, options, [&](std::string_view part) { out += part; });
  return out;
}

std::string decoded(std::string_view lines, const TokenizeOptions& options) {
  std::string out;
  decode_lines(tokenizer, lines, options, [&](std::string_view part) { out += part; });
  return out;
}

}  // namespace

TEST_CASE("one line of ids per input") {
  CHECK(encoded("ab\n", {}) == "256 97 98 10\n");
  CHECK(encoded("ab", {.bos = false}) == "97 98\n");
  CHECK(encoded("", {.bos = false}) == "\n");
  CHECK(encoded("a##b##", {.bos = false, .separator = "##"}) == "97\n98\n\n");
}

TEST_CASE("decoding undoes encoding") {
  const TokenizeOptions options{.separator = "##"};
  for (const char* text : {"", "ab", "a##b", "##", "a\nb##\n"}) CHECK(decoded(encoded(text, options), options) == text);
  CHECK(decoded("97 98\n\n 99\t100\r\n", {}) == "ab\n\ncd");
}

TEST_CASE("what is no id is named with its line") {
  CHECK(tests::complaint([] { decoded("97\n98 x9", {}); }) == "line 2: 'x9' is no token id");
  CHECK(tests::complaint([] { decoded("99999999999", {}); }) == "line 1: '99999999999' is no token id");
}

TEST_CASE("the tokenizer of a directory, of a model, and a tokenizer itself") {
  CHECK(open_tokenizer_of(tests::bundled_model())->vocabulary_size() == 2048);
  CHECK(open_tokenizer_of(tests::bundled_model() / "tokenizer.model")->vocabulary_size() == 2048);
  CHECK_THROWS_AS(open_tokenizer_of(tests::source_dir() / "nothing"), DataError);
  if (!tests::have_assets()) return;
  CHECK(open_tokenizer_of(tests::assets() / "tokenizers/tok512.bin")->vocabulary_size() == 512);
  CHECK(tests::complaint([] {
          open_tokenizer_of(tests::assets() / "weights/stories260K.bin");
        }).starts_with("no tokenizer beside the model: looked for "));
}

}  // namespace snnsim::experiments
