#include "models/synthesis/synthesize.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "models/checkpoint/huggingface.hpp"
#include "models/checkpoint/mapped_file.hpp"
#include "models/llama/dense_model.hpp"
#include "models/synthesis/synthetic_tokenizer.hpp"
#include "models/synthesis/synthetic_weights.hpp"
#include "models/tokenizer/tokenizer.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/random.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {
namespace {

namespace fs = std::filesystem;

ModelShape small_shape(DataType type = DataType::bf16) {
  ModelShape shape = model_shapes().front();
  shape.type = type;
  shape.config.blocks = 3;
  return shape;
}

struct Written {
  tests::ScratchFolder scratch;
  fs::path folder = scratch.path() / "model";
  explicit Written(const ModelShape& shape = small_shape(), SynthesisOptions options = {}) {
    synthesize(shape, folder, options);
  }
};

/// Names and bytes of all files.
std::map<std::string, std::string> content(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder))
    files[entry.path().filename().string()] = MappedFile(entry.path()).text();
  return files;
}

double root_mean_square(std::span<const float> values) {
  double sum = 0;
  for (const float x : values) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

}  // namespace

TEST_CASE("a checkpoint of every shape's configuration opens as that configuration") {
  for (const ModelShape& shape : model_shapes()) {
    CAPTURE(shape.name);
    CHECK(read_llama_config(config_json(shape).dump(), "config.json") == shape.config);
  }
}

TEST_CASE("numbers of the named shapes are those that are published") {
  for (const auto& [name, expected] : {std::pair<std::string_view, std::uint64_t>{"llama-2-7b", 6738415616},
                                       {"llama-2-13b", 13015864320},
                                       {"llama-2-70b", 68976648192},
                                       {"llama-3-8b", 8030261248},
                                       {"tinyllama", 1100048384},
                                       {"stories15m", 15191712}}) {
    const auto shape = std::ranges::find(model_shapes(), name, &ModelShape::name);
    REQUIRE(shape != model_shapes().end());
    CHECK(parameters(shape->config) == expected);
  }
}

TEST_CASE("what is written opens and runs, in every type, in one file or several") {
  for (const DataType type : {DataType::f32, DataType::f16, DataType::bf16})
    for (const std::size_t shard_bytes : {std::size_t{1} << 30U, std::size_t{20000}}) {
      ModelShape shape = small_shape(type);
      shape.config.tied_embeddings = type == DataType::bf16;
      const Written written(shape, {.shard_bytes = shard_bytes});
      const auto checkpoint = std::make_shared<const Checkpoint>(open_checkpoint(written.folder));
      CHECK(checkpoint->config == shape.config);
      CHECK(checkpoint->parameters() == parameters(shape.config));
      CHECK(checkpoint->embedding.type == type);
      CHECK((checkpoint->files.size() > 4) == (shard_bytes == 20000));
      const DenseModel dense(checkpoint);
      DenseSequence sequence(dense);
      sequence.append(std::vector<TokenId>{1, 300, 5, 44});
      const Matrix<float> logits = dense.logits(sequence.normalised(), row_range(0, 4));
      CHECK(root_mean_square(logits.values()) > 0.3);
      CHECK(root_mean_square(logits.values()) < 10);
    }
}

TEST_CASE("the same seed gives the same bytes, another one other weights of the same tokenizer") {
  const Written a, b, c(small_shape(), {.seed = 2});
  CHECK(content(a.folder) == content(b.folder));
  const std::string weights = "model-00001-of-00001.safetensors";
  CHECK(content(a.folder).at(weights) != content(c.folder).at(weights));
  CHECK(content(a.folder).at("tokenizer.json") == content(c.folder).at("tokenizer.json"));
}

TEST_CASE("norms have a few channels of 10 to 50 times the size of the others, but the last one") {
  const ModelShape shape = small_shape(DataType::f32);
  const Written written(shape);
  const Checkpoint checkpoint = open_checkpoint(written.folder);
  const SyntheticWeights weights(shape.config, 1);
  REQUIRE(weights.outlier_channels().size() == 2);
  for (const BlockWeights& block : checkpoint.blocks)
    for (const Tensor* norm : {&block.attention_norm, &block.mlp_norm}) {
      const std::vector<float> gain = norm->read();
      for (std::size_t j = 0; j < gain.size(); ++j) {
        const bool outlier = std::ranges::find(weights.outlier_channels(), j) != weights.outlier_channels().end();
        CHECK(gain[j] > (outlier ? 6 : 0.6));
        CHECK(gain[j] < (outlier ? 70 : 1.4));
      }
    }
  const std::vector<float> last = checkpoint.final_norm.read();
  CHECK(*std::ranges::max_element(last) < 1.4);
}

TEST_CASE("the BOS token has a massive activation, which stays in the residual stream; no other token does") {
  ModelShape shape = small_shape(DataType::f32);
  shape.config.hidden_size = 256;
  shape.config.head_dim = 32;
  const Written written(shape);
  const DenseModel dense(std::make_shared<const Checkpoint>(open_checkpoint(written.folder)));
  const SyntheticWeights weights(shape.config, 1);
  Matrix<float> mid;
  DenseSequence sequence(dense);
  sequence.append(std::vector<TokenId>{1, 300, 5, 44, 300, 77, 130, 14},
                  [&](std::size_t block, Site site, const Matrix<float>& x) {
                    if (block == weights.massive_block() && site == Site::mlp_mid) mid = x;
                  });
  const float massive = std::abs(mid.row(0)[weights.massive_neuron()]);
  CHECK(massive > 800);
  for (std::size_t r = 1; r < mid.rows(); ++r)
    for (std::size_t j = 0; j < mid.columns(); ++j) REQUIRE(std::abs(mid.row(r)[j]) < massive / 20);
}

TEST_CASE("the tokenizer has the size asked for and gives any text back") {
  for (const std::size_t size : {kLeastSyntheticVocabulary, std::size_t{300}, std::size_t{512}, std::size_t{32000}}) {
    const tests::ScratchFolder folder;
    std::ofstream(folder.path() / "tokenizer.json") << synthetic_tokenizer(size);
    const auto tokenizer = open_tokenizer(folder.path() / "tokenizer.json", size);
    CHECK(tokenizer->vocabulary_size() == size);
    CHECK(tokenizer->bos() == 1);
    tests::Random random{size};
    std::vector<std::string> texts{"Once upon a time, there was a cat.",
                                   " two  spaces ",
                                   "",
                                   "\n\tx\r\n",
                                   "\u00E9\u4F60\U0001F600",
                                   "{\"a\": [1, 2]}"};
    for (int i = 0; i < 50; ++i) {
      texts.emplace_back();
      for (int n = random.between(1, 40); n > 0; --n) texts.back() += static_cast<char>(random.between(1, 127));
    }
    for (const std::string& text : texts) {
      const std::vector<TokenId> ids = tokenizer->encode(text, true);
      CHECK(ids.front() == 1);
      CHECK(tokenizer->decode(ids) == text);
    }
    if (size == 32000) CHECK(tokenizer->encode("the cat sat on a mat", false).size() < 15);
  }
}

TEST_CASE("a folder that is there is not touched; an empty one is taken; a failure leaves nothing") {
  const tests::ScratchFolder scratch;
  const fs::path folder = scratch.path() / "model";
  fs::create_directories(folder);
  synthesize(small_shape(), folder, {});
  const auto before = content(folder);
  CHECK_THROWS_AS(synthesize(small_shape(), folder, {.seed = 2}), ConfigurationError);
  CHECK(content(folder) == before);
  ModelShape tiny = small_shape();
  tiny.config.vocabulary_size = 259;
  CHECK(tests::complaint([&] { synthesize(tiny, scratch.path() / "tiny", {}); }) == "a vocabulary of 259 is too small");
  CHECK_THROWS_AS(synthesize(small_shape(), scratch.path() / "stopped", {},
                             [](double share) {
                               if (share > 0.5) throw Error(130, "stopped", "");
                             }),
                  Error);
  CHECK(std::distance(fs::directory_iterator(scratch.path()), {}) == 1);
}

}  // namespace snnsim::models
