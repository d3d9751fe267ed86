#include "models/checkpoint/gguf_checkpoint.hpp"

#include <doctest/doctest.h>

#include "models/checkpoint/llama_tensors.hpp"
#include "models/llama/dense_model.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/gguf_bytes.hpp"
#include "tests/support/huggingface_directory.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/tinyllama.hpp"
#include "tests/support/write_gguf.hpp"

namespace snnsim::models {
namespace {

using nlohmann::json;
using tests::GgufBytes;

/// The metadata of a small model, with one key left out and one put in its place or beside it.
class Metadata {
 public:
  Metadata& without(const std::string& key) {
    std::erase_if(counts_, [&](const auto& entry) { return entry.first == key; });
    return *this;
  }
  Metadata& with(const std::string& key, std::uint32_t value) {
    without(key).counts_.emplace_back(key, value);
    return *this;
  }
  Metadata& with_text(const std::string& key, const std::string& value) {
    texts_.emplace_back(key, value);
    return *this;
  }
  Metadata& with_number(const std::string& key, float value) {
    numbers_.emplace_back(key, value);
    return *this;
  }
  Metadata& architecture(const std::string& name) {
    architecture_ = name;
    return *this;
  }

  LlamaConfig read() const {
    GgufBytes bytes;
    bytes.head(0, 2 + counts_.size() + texts_.size() + numbers_.size());
    bytes.key("general.architecture", GgufType::text).string(architecture_);
    bytes.key(architecture_ + ".attention.layer_norm_rms_epsilon", GgufType::f32).number(1e-5F);
    for (const auto& [key, value] : counts_) bytes.key(full(key), GgufType::u32).number(value);
    for (const auto& [key, value] : texts_) bytes.key(full(key), GgufType::text).string(value);
    for (const auto& [key, value] : numbers_) bytes.key(full(key), GgufType::f32).number(value);
    return read_gguf_config(bytes.read());
  }
  std::string error() const {
    return tests::complaint([&] { read(); });
  }

 private:
  using GgufType = tests::GgufType;
  std::string full(const std::string& key) const { return key.starts_with("split.") ? key : architecture_ + "." + key; }

  std::string architecture_ = "llama";
  std::vector<std::pair<std::string, std::uint32_t>> counts_ = {{"embedding_length", 32}, {"feed_forward_length", 48},
                                                                {"block_count", 2},       {"attention.head_count", 4},
                                                                {"context_length", 64},   {"vocab_size", 40}};
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<std::pair<std::string, float>> numbers_;
};

TEST_CASE("GGUF metadata give the configuration, with llama.cpp's defaults") {
  CHECK(Metadata().read() == LlamaConfig{.hidden_size = 32,
                                         .intermediate_size = 48,
                                         .blocks = 2,
                                         .heads = 4,
                                         .kv_heads = 4,
                                         .head_dim = 8,
                                         .vocabulary_size = 40,
                                         .context_length = 64,
                                         .rope_layout = RopeLayout::pairs});
  const LlamaConfig other = Metadata()
                                .with("attention.head_count_kv", 2)
                                .with("attention.key_length", 6)
                                .with("rope.dimension_count", 6)
                                .with("attention.sliding_window", 16)
                                .with_number("rope.freq_base", 500.0F)
                                .with_text("rope.scaling.type", "linear")
                                .with_number("rope.scaling.factor", 4.0F)
                                .read();
  CHECK(other.kv_heads == 2);
  CHECK(other.head_dim == 6);
  CHECK(other.context_length == 16);
  CHECK(other.rope_theta == 500.0F);
  CHECK(other.rope_divisors == std::vector<float>(3, 4.0F));
  CHECK(Metadata().with_number("rope.scale_linear", 2.0F).read().rope_divisors == std::vector<float>(4, 2.0F));
  const LlamaConfig qwen2 = Metadata().architecture("qwen2").read();
  CHECK(qwen2.rope_layout == RopeLayout::halves);
  CHECK(qwen2.projection_biases);
}

TEST_CASE("GGUF metadata that would change the computation are refused") {
  CHECK(Metadata().architecture("gemma").error() ==
        "x.gguf: general.architecture is 'gemma'; llama and qwen2 are read");
  CHECK(Metadata().with("expert_count", 8).error() ==
        "x.gguf: llama.expert_count is 8; models without experts are read");
  CHECK(Metadata().with("expert_count", 0).error() == "accepted");
  CHECK(Metadata().with_text("rope.scaling.type", "yarn").error() ==
        "x.gguf: llama.rope.scaling.type is 'yarn'; none and linear are read");
  CHECK(Metadata().with_number("logit_scale", 2).error() ==
        "x.gguf: llama.logit_scale is 2; models without it are read");
  CHECK(Metadata().with("rope.dimension_count", 4).error() ==
        "x.gguf: llama.rope.dimension_count is 4; a head size of 8 asks for the same");
  CHECK(Metadata().with("split.count", 3).error() ==
        "x.gguf: is one part of a split model; join the parts with llama-gguf-split --merge");
}

TEST_CASE("GGUF metadata that are missing or contradict one another") {
  CHECK(Metadata().without("block_count").error() == "x.gguf: metadata key llama.block_count is missing");
  CHECK(Metadata().without("vocab_size").error() == "x.gguf: metadata key tokenizer.ggml.tokens is missing");
  CHECK(Metadata().with("attention.head_count", 5).error() ==
        "x.gguf: 5 heads do not divide embedding_length 32, and attention.key_length is missing");
  CHECK(Metadata().with("attention.head_count_kv", 3).error() == "x.gguf: 3 key-value heads do not divide 4 heads");
  CHECK(Metadata().with("block_count", 5000).error() ==
        "x.gguf: metadata key llama.block_count is 5000, not a whole number in 1..4096");
}

/// A random Qwen2 (its rotary layout is that of Hugging Face), whose rope divisors stand for those of LLaMA 3.
Checkpoint random_qwen2(const std::filesystem::path& folder) {
  const json config = json::parse(R"({"model_type": "qwen2", "hidden_size": 32, "intermediate_size": 64,
    "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 40, "rope_theta": 500.0,
    "max_position_embeddings": 64, "rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1,
    "high_freq_factor": 4, "original_max_position_embeddings": 96}})");
  tests::write_random_directory(folder, config, DataType::f32, 1);
  return open_checkpoint(folder);
}

std::vector<float> logits(const Checkpoint& checkpoint) {
  const DenseModel model(std::make_shared<Checkpoint>(checkpoint));
  const std::vector<TokenId> tokens = {1, 30, 7, 7, 25, 3, 39, 0, 12, 18, 4};
  DenseSequence sequence(model);
  sequence.append(tokens);
  const Matrix<float> y = model.logits(sequence.normalised(), row_range(0, tokens.size()));
  return {y.values().begin(), y.values().end()};
}

TEST_CASE("a model written as GGUF and as safetensors is the same model") {
  const tests::ScratchFolder folder;
  const Checkpoint original = random_qwen2(folder.path());
  tests::write_gguf(folder.path() / "m.gguf", original, DataType::f32);
  const Checkpoint copy = open_checkpoint(folder.path() / "m.gguf");
  CHECK(copy.format == "gguf");
  CHECK(copy.config == original.config);
  CHECK(copy.data_types() == "F32");
  CHECK(logits(copy) == logits(original));
  for (const DataType type : {DataType::f16, DataType::bf16, DataType::q8_0}) {
    tests::write_gguf(folder.path() / "q.gguf", original, type);
    const Checkpoint stored = open_checkpoint(folder.path() / "q.gguf");
    CHECK(stored.blocks[1].down.type == type);
    CHECK(stored.blocks[1].query_bias.type == DataType::f32);
    CHECK(logits(stored) != logits(original));
  }
}

TEST_CASE("a GGUF file whose tensors contradict its metadata") {
  const tests::ScratchFolder folder;
  const Checkpoint checkpoint = random_qwen2(folder.path());
  const auto error = [&](const Checkpoint& written) {
    tests::write_gguf(folder.path() / "m.gguf", written, DataType::f32);
    return tests::complaint([&] { open_checkpoint(folder.path() / "m.gguf"); }).substr(folder.path().string().size());
  };
  Checkpoint changed = checkpoint;
  changed.config.vocabulary_size = 41;
  changed.embedding.shape = {40, 32};
  CHECK(error(changed).starts_with("/m.gguf: token_embd.weight has shape"));
  changed = checkpoint;
  changed.config.rope_divisors = {1, 2};
  CHECK(error(changed) == "/m.gguf: rope_freqs.weight has shape [2], not [4]");
  changed.config.rope_divisors = {1, 2, 0, 1};
  CHECK(error(changed) == "/m.gguf: rope_freqs.weight holds 0, not a number above zero");
}

TEST_CASE("TinyLlama opens as GGUF") {
  if (!tests::have_tinyllama()) return;
  const Checkpoint checkpoint = open_checkpoint(tests::tinyllama());
  CHECK(checkpoint.config == LlamaConfig{.hidden_size = 2048,
                                         .intermediate_size = 5632,
                                         .blocks = 22,
                                         .heads = 32,
                                         .kv_heads = 4,
                                         .head_dim = 64,
                                         .vocabulary_size = 32000,
                                         .context_length = 2048,
                                         .rope_layout = RopeLayout::pairs});
  CHECK(checkpoint.parameters() == 1100048384);
  CHECK(checkpoint.data_types() == "F32 45, Q2_K 3, Q4_K 22, Q5_K 1, IQ2_XXS 130");
}

}  // namespace
}  // namespace snnsim::models
