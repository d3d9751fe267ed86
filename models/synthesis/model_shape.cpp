#include "models/synthesis/model_shape.hpp"

#include <array>

#include <nlohmann/json.hpp>

namespace snnsim::models {

namespace {

LlamaConfig config(std::size_t hidden, std::size_t intermediate, std::size_t blocks, std::size_t heads,
                   std::size_t kv_heads, std::size_t vocabulary, std::size_t context) {
  return {.hidden_size = hidden,
          .intermediate_size = intermediate,
          .blocks = blocks,
          .heads = heads,
          .kv_heads = kv_heads,
          .head_dim = hidden / heads,
          .vocabulary_size = vocabulary,
          .context_length = context};
}

LlamaConfig tied(LlamaConfig config) {
  config.tied_embeddings = true;
  return config;
}

LlamaConfig llama_3(LlamaConfig config) {
  config.rope_theta = 500000.0F;
  return config;
}

}  // namespace

std::span<const ModelShape> model_shapes() {
  static const std::array all{
      ModelShape{"stories260k", DataType::f32, tied(config(64, 172, 5, 8, 4, 512, 512))},
      ModelShape{"stories15m", DataType::f32, tied(config(288, 768, 6, 6, 6, 32000, 256))},
      ModelShape{"stories42m", DataType::f32, tied(config(512, 1376, 8, 8, 8, 32000, 1024))},
      ModelShape{"stories110m", DataType::f32, tied(config(768, 2048, 12, 12, 12, 32000, 1024))},
      ModelShape{"tinyllama", DataType::bf16, config(2048, 5632, 22, 32, 4, 32000, 2048)},
      ModelShape{"llama-2-7b", DataType::f16, config(4096, 11008, 32, 32, 32, 32000, 4096)},
      ModelShape{"llama-2-13b", DataType::f16, config(5120, 13824, 40, 40, 40, 32000, 4096)},
      ModelShape{"llama-2-70b", DataType::f16, config(8192, 28672, 80, 64, 8, 32000, 4096)},
      ModelShape{"llama-3-8b", DataType::bf16, llama_3(config(4096, 14336, 32, 32, 8, 128256, 8192))},
  };
  return all;
}

nlohmann::ordered_json config_json(const ModelShape& shape) {
  const LlamaConfig& c = shape.config;
  const char* type = shape.type == DataType::f16 ? "float16" : shape.type == DataType::bf16 ? "bfloat16" : "float32";
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"hidden_act", "silu"},
          {"hidden_size", c.hidden_size},
          {"intermediate_size", c.intermediate_size},
          {"num_hidden_layers", c.blocks},
          {"num_attention_heads", c.heads},
          {"num_key_value_heads", c.kv_heads},
          {"head_dim", c.head_dim},
          {"vocab_size", c.vocabulary_size},
          {"max_position_embeddings", c.context_length},
          {"rms_norm_eps", 1e-5},
          {"rope_theta", c.rope_theta},
          {"rope_scaling", nullptr},
          {"attention_bias", false},
          {"mlp_bias", false},
          {"tie_word_embeddings", c.tied_embeddings},
          {"bos_token_id", 1},
          {"eos_token_id", 2},
          {"torch_dtype", type}};
}

}  // namespace snnsim::models
