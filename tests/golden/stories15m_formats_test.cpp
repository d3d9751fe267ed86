// stories15M through every format that is read: the same weights must give the same logits.
#include <cmath>
#include <fstream>

#include "models/checkpoint/llama_tensors.hpp"
#include "models/llama/dense_model.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/huggingface_directory.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/write_gguf.hpp"

namespace snnsim::models {
namespace {

using Logits = std::vector<float>;

Logits logits(const Checkpoint& checkpoint) {
  const std::vector<TokenId> tokens = {1,   9038, 2501, 263,  931,   29892, 727,  471, 263,  2217,
                                       826, 4257, 365,  2354, 29889, 2296,  5839, 304, 1708, 5377};
  const DenseModel model(std::make_shared<Checkpoint>(checkpoint));
  DenseSequence sequence(model);
  sequence.append(tokens);
  const Matrix<float> y = model.logits(sequence.normalised(), row_range(0, tokens.size()));
  return {y.values().begin(), y.values().end()};
}

/// The largest difference, as a share of the largest logit.
double largest_difference(const Logits& a, const Logits& b) {
  REQUIRE(a.size() == b.size());
  float difference = 0, largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = std::max(difference, std::abs(a[i] - b[i]));
    largest = std::max(largest, std::abs(b[i]));
  }
  return static_cast<double>(difference / largest);
}

/// llama2.c turns neighbours (2i, 2i + 1) of a head, Hugging Face i and i + half: the rows of a head in that order.
std::vector<float> in_halves(const Tensor& matrix, std::size_t head_dim) {
  std::vector<float> values(matrix.size());
  for (std::size_t r = 0; r < matrix.rows(); ++r) {
    const std::size_t i = r % head_dim, pair = i % (head_dim / 2), second = i / (head_dim / 2);
    matrix.read_row(r - i + 2 * pair + second, values.data() + r * matrix.columns());
  }
  return values;
}

void write_huggingface(const std::filesystem::path& folder, const Checkpoint& source, DataType type,
                       std::size_t shards) {
  const LlamaConfig& c = source.config;
  std::ofstream(folder / "config.json") << nlohmann::json{{"model_type", "llama"},
                                                          {"hidden_size", c.hidden_size},
                                                          {"intermediate_size", c.intermediate_size},
                                                          {"num_hidden_layers", c.blocks},
                                                          {"num_attention_heads", c.heads},
                                                          {"num_key_value_heads", c.kv_heads},
                                                          {"vocab_size", c.vocabulary_size},
                                                          {"max_position_embeddings", c.context_length},
                                                          {"rms_norm_eps", 1e-5},
                                                          {"tie_word_embeddings", true}};
  std::vector<std::vector<std::byte>> storage;
  std::vector<NamedTensor> tensors;
  Checkpoint named = source;
  named.format = "huggingface";
  visit_tensors(named, [&](const std::string& name, const auto& shape, const Tensor& tensor) {
    const bool turned = name.ends_with("q_proj.weight") || name.ends_with("k_proj.weight");
    storage.push_back(to_bytes(turned ? in_halves(tensor, c.head_dim) : tensor.read(), type));
    tensors.push_back({name, {type, shape, storage.back().data()}});
  });
  tests::write_tensors(folder, tensors, shards);
}

struct Written {
  Checkpoint original = open_checkpoint(tests::assets() / "weights" / "stories15M.bin");
  tests::ScratchFolder folder;

  Logits through_huggingface(DataType type, std::size_t shards) const {
    const auto place = folder.path() / "hf";
    std::filesystem::remove_all(place);
    std::filesystem::create_directory(place);
    write_huggingface(place, original, type, shards);
    const Checkpoint checkpoint = open_checkpoint(place);
    CHECK(checkpoint.embedding.type == type);
    CHECK(checkpoint.parameters() == original.parameters());
    return logits(checkpoint);
  }
  Checkpoint through_gguf(DataType type) const {
    tests::write_gguf(folder.path() / "m.gguf", original, type);
    return open_checkpoint(folder.path() / "m.gguf");
  }
};

TEST_CASE("stories15M has the same logits as llama2.c .bin, safetensors (single, sharded) and GGUF") {
  if (!tests::have_assets()) return;
  const Written written;
  const Logits expected = logits(written.original);
  CHECK(logits(written.through_gguf(DataType::f32)) == expected);
  const Logits single = written.through_huggingface(DataType::f32, 1);
  CHECK(largest_difference(single, expected) < 1e-5);
  CHECK(written.through_huggingface(DataType::f32, 3) == single);
}

TEST_CASE("stories15M in BF16, F16 and Q8_0: close to F32, and the same in every container") {
  if (!tests::have_assets()) return;
  const Written written;
  const Logits expected = logits(written.original);
  for (const auto& [type, bound] : {std::pair{DataType::bf16, 0.02}, {DataType::f16, 0.002}}) {
    const Logits single = written.through_huggingface(type, 1);
    CHECK(single != expected);
    CHECK(largest_difference(single, expected) < bound);
    CHECK(written.through_huggingface(type, 2) == single);
  }
  const Checkpoint q8 = written.through_gguf(DataType::q8_0);
  CHECK(q8.blocks[0].query.type == DataType::q8_0);
  CHECK(logits(q8) != expected);
  CHECK(largest_difference(logits(q8), expected) < 0.05);
  tests::write_gguf(written.folder.path() / "f32.gguf", q8, DataType::f32);
  CHECK(logits(open_checkpoint(written.folder.path() / "f32.gguf")) == logits(q8));
}

}  // namespace
}  // namespace snnsim::models
