#include "experiments/content_hash.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

Experiment in(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder / "model");
  write_file(folder / "model" / "config.json", "{}");
  write_file(folder / "model" / "model.safetensors", "weights");
  write_file(folder / "text.txt", "text");
  Experiment experiment;
  experiment.name = "x";
  experiment.model.checkpoint = folder / "model";
  experiment.evaluation.perplexity.resize(1);
  experiment.evaluation.perplexity[0].text = folder / "text.txt";
  return experiment;
}

}  // namespace

TEST_CASE("the hash follows values and contents, not names and places") {
  const tests::ScratchFolder folder;
  Experiment experiment = in(folder.path() / "a");
  const std::string hash = content_hash(experiment);
  CHECK(hash.size() == 8);
  CHECK(content_hash(in(folder.path() / "b")) == hash);
  experiment.name = "another";
  CHECK(content_hash(experiment) == hash);
  write_file(folder.path() / "a" / "model" / "README.md", "read me");
  CHECK(content_hash(experiment) == hash);

  write_file(folder.path() / "a" / "text.txt", "test");
  const std::string other_text = content_hash(experiment);
  CHECK(other_text != hash);
  write_file(folder.path() / "a" / "model" / "config.json", "{ }");
  CHECK(content_hash(experiment) != other_text);

  Experiment seeded = in(folder.path() / "b");
  seeded.seed = 2;
  CHECK(content_hash(seeded) != hash);
}

TEST_CASE("a tokenizer beside a model.bin counts when none is given") {
  const tests::ScratchFolder folder;
  Experiment experiment = in(folder.path());
  write_file(folder.path() / "model.bin", "weights");
  write_file(folder.path() / "tokenizer.bin", "one");
  experiment.model.checkpoint = folder.path() / "model.bin";
  const std::string hash = content_hash(experiment);
  write_file(folder.path() / "tokenizer.bin", "two");
  CHECK(content_hash(experiment) != hash);
  experiment.model.tokenizer = folder.path() / "tokenizer.bin";
  CHECK(input_hashes(experiment).contains("model.tokenizer"));
}

TEST_CASE("a missing input is named with its key") {
  const tests::ScratchFolder folder;
  Experiment experiment = in(folder.path());
  experiment.evaluation.perplexity[0].text = folder.path() / "none.txt";
  try {
    content_hash(experiment);
    FAIL("hashed");
  } catch (const DataError& error) {
    CHECK(error.remedy() == "check the path in evaluation.perplexity.0.text");
  }
}

}  // namespace snnsim::experiments
