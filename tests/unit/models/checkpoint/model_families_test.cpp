// Each family of models that a Hugging Face directory can hold: its config.json as published, with small sizes, must
// give the logits that an independent forward pass in double precision gives.
#include <cmath>
#include <fstream>

#include <doctest/doctest.h>

#include "models/checkpoint/huggingface.hpp"
#include "models/llama/dense_model.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/huggingface_directory.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {
namespace {

using nlohmann::json;

struct Family {
  const char* name;
  const char* patch;  // of `sizes`
  DataType type = DataType::bf16;
  std::size_t shards = 1;
};

constexpr const char* sizes = R"({"model_type": "llama", "hidden_act": "silu", "hidden_size": 36,
  "intermediate_size": 50, "num_hidden_layers": 2, "num_attention_heads": 6, "vocab_size": 40,
  "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "tie_word_embeddings": false, "use_cache": true})";

const std::vector<Family> families = {
    {"LLaMA 1", R"({"rms_norm_eps": 1e-6, "pad_token_id": -1})", DataType::f16, 2},
    {"LLaMA 2", R"({"num_key_value_heads": 6, "pretraining_tp": 1, "rope_scaling": null})", DataType::f16, 3},
    {"LLaMA 2, linear scaling", R"({"rope_scaling": {"type": "linear", "factor": 4.0}})", DataType::f32},
    {"LLaMA 3", R"({"num_key_value_heads": 2, "rope_theta": 500000.0, "attention_bias": false, "mlp_bias": false})"},
    {"LLaMA 3.1", R"({"num_key_value_heads": 2, "rope_theta": 500.0, "head_dim": 16, "rope_scaling": {"factor": 8.0,
      "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 96,
      "rope_type": "llama3"}})",
     DataType::bf16, 2},
    {"LLaMA 3.2", R"({"num_key_value_heads": 2, "rope_theta": 500.0, "head_dim": 8, "tie_word_embeddings": true,
      "rope_scaling": {"factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
      "original_max_position_embeddings": 80, "rope_type": "llama3"}})"},
    {"LLaMA, rope_parameters", R"({"rope_parameters": {"rope_theta": 700.0, "rope_type": "linear", "factor": 2.0}})"},
    {"TinyLlama", R"({"num_key_value_heads": 1, "pretraining_tp": 1, "rope_scaling": null})", DataType::f32},
    {"Mistral 0.1", R"({"model_type": "mistral", "num_key_value_heads": 2, "sliding_window": 24})"},
    {"Mistral Nemo", R"({"model_type": "mistral", "num_key_value_heads": 3, "sliding_window": null, "head_dim": 10,
      "rope_theta": 1000000.0})",
     DataType::bf16, 2},
    {"Qwen2", R"({"model_type": "qwen2", "num_key_value_heads": 2, "rope_theta": 1000000.0, "rms_norm_eps": 1e-6,
      "sliding_window": 8, "use_sliding_window": false, "max_window_layers": 1})",
     DataType::f32},
    {"Qwen2.5, tied", R"({"model_type": "qwen2", "num_key_value_heads": 1, "tie_word_embeddings": true})"},
    {"SmolLM", R"({"num_key_value_heads": 3, "tie_word_embeddings": true, "rope_interleaved": false})"},
};

json config_of(const Family& family) {
  json config = json::parse(sizes);
  const json patch = json::parse(family.patch);
  for (const auto& [key, value] : patch.items()) config[key] = value;  // also a null, which merge_patch would drop
  return config;
}

Matrix<float> logits(const DenseModel& model, const std::vector<TokenId>& tokens) {
  DenseSequence sequence(model);
  sequence.append(tokens);
  return model.logits(sequence.normalised(), row_range(0, tokens.size()));
}

TEST_CASE("every family of models gives the logits of an independent forward pass") {
  std::vector<TokenId> tokens(24);
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] = static_cast<TokenId>((7 * i * i + 3) % 40);
  for (const Family& family : families) {
    CAPTURE(family.name);
    const tests::ScratchFolder folder;
    const json config = config_of(family);
    const tests::NamedValues weights = tests::write_random_directory(folder.path(), config, family.type, family.shards);
    const DenseModel model(std::make_shared<Checkpoint>(open_checkpoint(folder.path())));
    const Matrix<float> found = logits(model, tokens);
    const std::vector<std::vector<double>> expected = tests::naive_logits(config, weights, tokens);
    double worst = 0;
    for (std::size_t p = 0; p < tokens.size(); ++p)
      for (std::size_t i = 0; i < expected[p].size(); ++i)
        worst = std::max(
            worst, std::abs(expected[p][i] - static_cast<double>(found.row(p)[i])) / (1 + std::abs(expected[p][i])));
    CHECK(worst < 2e-5);
  }
}

TEST_CASE("a sliding window bounds the context, within which it hides nothing") {
  const auto context = [](const char* patch) {
    return read_llama_config(config_of({"", patch}).dump(), "c").context_length;
  };
  CHECK(context(R"({"model_type": "mistral", "sliding_window": 24})") == 24);
  CHECK(context(R"({"model_type": "mistral", "sliding_window": 4096})") == 64);
  CHECK(context(R"({"model_type": "mistral", "sliding_window": null})") == 64);
  CHECK(context(R"({"model_type": "qwen2", "sliding_window": 24, "use_sliding_window": true})") == 24);
  CHECK(context(R"({"model_type": "qwen2", "sliding_window": 24})") == 64);
}

TEST_CASE("a family's biases must be there, and nobody else's") {
  const tests::ScratchFolder folder;
  tests::write_random_directory(folder.path(), config_of({"", R"({"model_type": "qwen2"})"}), DataType::f32, 1);
  const auto open_as = [&](const char* patch) {
    std::ofstream(folder.path() / "config.json") << config_of({"", patch});
    return tests::complaint([&] { open_checkpoint(folder.path()); }).substr(folder.path().string().size());
  };
  CHECK(open_as(R"({"model_type": "llama"})") ==
        ": tensor 'model.layers.0.self_attn.k_proj.bias' is no part of the decoder that config.json describes");
  tests::write_random_directory(folder.path(), config_of({"", "{}"}), DataType::f32, 1);
  CHECK(open_as(R"({"model_type": "qwen2"})") == ": tensor model.layers.0.self_attn.q_proj.bias is missing");
}

}  // namespace
}  // namespace snnsim::models
