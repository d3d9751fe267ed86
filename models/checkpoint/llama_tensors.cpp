#include "models/checkpoint/llama_tensors.hpp"

#include <fmt/format.h>

namespace snnsim::models {

std::vector<std::size_t> shape_of(const LlamaConfig& config, BlockTensor tensor) {
  const std::size_t query = config.heads * config.head_dim;
  const std::size_t key_value = config.kv_heads * config.head_dim;
  if (tensor == &BlockWeights::query_bias) return {query};
  if (tensor == &BlockWeights::key_bias || tensor == &BlockWeights::value_bias) return {key_value};
  if (tensor == &BlockWeights::query) return {query, config.hidden_size};
  if (tensor == &BlockWeights::key || tensor == &BlockWeights::value) return {key_value, config.hidden_size};
  if (tensor == &BlockWeights::output) return {config.hidden_size, query};
  if (tensor == &BlockWeights::gate || tensor == &BlockWeights::up)
    return {config.intermediate_size, config.hidden_size};
  if (tensor == &BlockWeights::down) return {config.hidden_size, config.intermediate_size};
  return {config.hidden_size};
}

EndNames end_names(const std::string& format) {
  if (format == "gguf") return {"token_embd.weight", "output_norm.weight", "output.weight"};
  return {"model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"};
}

std::string block_tensor_name(const std::string& format, std::size_t block, const NamedBlockTensor& tensor) {
  if (format == "gguf") return fmt::format("blk.{}.{}", block, tensor.gguf);
  return fmt::format("model.layers.{}.{}", block, tensor.huggingface);
}

std::string contradiction(const LlamaConfig& config) {
  if (config.heads % config.kv_heads != 0) {
    return fmt::format("{} key-value heads do not divide {} heads", config.kv_heads, config.heads);
  }
  if (config.head_dim == 0 || config.head_dim % 2 != 0) {
    return fmt::format("head size {} is not an even number above zero, as rotary embeddings need", config.head_dim);
  }
  return "";
}

}  // namespace snnsim::models
