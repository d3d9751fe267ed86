#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "models/checkpoint/huggingface.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

constexpr const char* least = R"({"model_type": "llama", "hidden_size": 8, "intermediate_size": 12,
  "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 16, "max_position_embeddings": 32})";

LlamaConfig read_with(const char* patch) {
  auto config = nlohmann::json::parse(least);
  config.merge_patch(nlohmann::json::parse(patch));
  return read_llama_config(config.dump(), "c");
}

std::string complaint(const char* patch) {
  return tests::complaint([&] { read_with(patch); });
}

}  // namespace

TEST_CASE("what a config.json leaves out has Hugging Face's defaults") {
  CHECK(read_llama_config(least, "c") == LlamaConfig{.hidden_size = 8,
                                                     .intermediate_size = 12,
                                                     .blocks = 2,
                                                     .heads = 4,
                                                     .kv_heads = 4,
                                                     .head_dim = 2,
                                                     .vocabulary_size = 16,
                                                     .context_length = 32,
                                                     .rms_norm_epsilon = 1e-6F});
}

TEST_CASE("what a config.json gives is read") {
  const LlamaConfig config = read_with(R"({"num_key_value_heads": 2, "head_dim": 6, "rms_norm_eps": 0.001,
    "rope_theta": 500000, "tie_word_embeddings": true, "hidden_act": "silu", "attention_bias": false})");
  CHECK(config.kv_heads == 2);
  CHECK(config.head_dim == 6);
  CHECK(config.rms_norm_epsilon == 0.001F);
  CHECK(config.rope_theta == 500000.0F);
  CHECK(config.tied_embeddings);
  CHECK(read_with(R"({"rope_parameters": {"rope_theta": 7}})").rope_theta == 7.0F);
}

TEST_CASE("settings that would change the computation are refused") {
  CHECK(complaint(R"({"model_type": "gemma"})") == "c: model_type is 'gemma'; llama, mistral and qwen2 are read");
  CHECK(complaint(R"({"model_type": null})") == "c: model_type is ''; llama, mistral and qwen2 are read");
  CHECK(complaint(R"({"hidden_act": "gelu"})") == "c: hidden_act is 'gelu'; silu is read");
  CHECK(complaint(R"({"rope_scaling": {"type": "yarn", "factor": 2}})") ==
        "c (rope_scaling): rope_type is 'yarn'; default, linear and llama3 are read");
  CHECK(complaint(R"({"rope_scaling": {"type": "linear"}})") == "c (rope_scaling): factor is missing");
  CHECK(complaint(R"({"rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 4,
    "high_freq_factor": 4, "original_max_position_embeddings": 8192}})") ==
        "c (rope_scaling): high_freq_factor is not above low_freq_factor");
  CHECK(complaint(R"({"partial_rotary_factor": 0.5})").starts_with("c: partial_rotary_factor is set"));
  CHECK(complaint(R"({"quantization_config": {"bits": 4}})").starts_with("c: quantization_config is set"));
  CHECK(complaint(R"({"attention_bias": true})").starts_with("c: attention_bias is true"));
  CHECK(complaint(R"({"mlp_bias": 1})") == "c: mlp_bias is '1', not true or false");
  CHECK(complaint(R"({"rope_parameters": {"rope_type": "llama3"}})") == "c (rope_parameters): factor is missing");
  CHECK(complaint(R"({"rope_parameters": 3})") == "c (rope_parameters): holds no JSON object");
}

TEST_CASE("sizes that contradict one another or cannot be") {
  CHECK(complaint(R"({"num_key_value_heads": 3})") == "c: 3 key-value heads do not divide 4 heads");
  CHECK(complaint(R"({"hidden_size": 9})") == "c: 4 heads do not divide hidden_size 9, and head_dim is missing");
  CHECK(complaint(R"({"head_dim": 5})").starts_with("c: head size 5 is not an even number"));
  CHECK(complaint(R"({"hidden_size": 4})").starts_with("c: head size 1 is not an even number"));
  CHECK(complaint(R"({"vocab_size": null})") == "c: vocab_size is missing");
  CHECK(complaint(R"({"num_hidden_layers": 0})") == "c: num_hidden_layers is '0', not a whole number in 1..4096");
  CHECK(complaint(R"({"num_hidden_layers": 4097})").starts_with("c: num_hidden_layers is '4097'"));
  for (const char* wrong : {"-1", "2.0", "\"2\"", "18446744073709551616", "[2]"})
    CHECK_MESSAGE(complaint((R"({"hidden_size": )" + std::string(wrong) + "}").c_str()) != "accepted", wrong);
  for (const char* wrong : {"0", "-1e-5", "1e-60", "1e60", "\"1\""})
    CHECK_MESSAGE(complaint((R"({"rms_norm_eps": )" + std::string(wrong) + "}").c_str()) != "accepted", wrong);
}

TEST_CASE("a config.json that is none") {
  const auto refused = [](const std::string& text) { return tests::complaint([&] { read_llama_config(text, "c"); }); };
  CHECK(refused("") == "c:1:1: not JSON");
  CHECK(refused("{} x") == "c:1:4: not JSON");
  CHECK(refused("[]") == "c: holds no JSON object");
  CHECK(refused(R"({"rope_theta": 1e999})") == "c: not JSON that can be read");
  CHECK(refused(R"({"hidden_size": 8, "hidden_size": 16})") == "c: 'hidden_size' is given twice");
  const std::string deep = R"({"model_type": )" + std::string(1000000, '[') + std::string(1000000, ']') + "}";
  CHECK(refused(deep) == "c: nested too deep");
}

}  // namespace snnsim::models
