#include "models/llama/sites.hpp"

#include <fmt/format.h>

namespace snnsim::models {

std::string_view name(Site site) {
  static constexpr PerSite<std::string_view> names{"attn_in", "q", "k", "v", "attn_out", "mlp_in", "mlp_mid"};
  return at(names, site);
}

std::string population_name(std::size_t block, Site site) {
  return fmt::format("blocks.{}.{}", block, name(site));
}

std::string probs_name(std::size_t block) {
  return fmt::format("blocks.{}.probs", block);
}

AttentionShape attention_shape(const LlamaConfig& config) {
  return {config.heads, config.kv_heads, config.head_dim};
}

std::size_t width(const LlamaConfig& config, Site site) {
  switch (site) {
    case Site::attn_in:
    case Site::mlp_in:
      return config.hidden_size;
    case Site::q:
    case Site::attn_out:
      return config.heads * config.head_dim;
    case Site::k:
    case Site::v:
      return config.kv_heads * config.head_dim;
    case Site::mlp_mid:
      return config.intermediate_size;
  }
  return 0;
}

std::size_t groups(const LlamaConfig& config, Site site) {
  if (site == Site::q) return config.heads;
  return site == Site::k || site == Site::v ? config.kv_heads : 1;
}

std::string_view name(MatrixName matrix) {
  static constexpr std::array<std::string_view, kMatrices> names{"query", "key", "value", "output",
                                                                 "gate",  "up",  "down"};
  return names[static_cast<std::size_t>(matrix)];
}

const Tensor& tensor(const BlockWeights& block, MatrixName matrix) {
  const std::array<const Tensor*, kMatrices> tensors{&block.query, &block.key, &block.value, &block.output,
                                                     &block.gate,  &block.up,  &block.down};
  return *tensors[static_cast<std::size_t>(matrix)];
}

const Tensor* bias(const BlockWeights& block, MatrixName matrix) {
  const PerMatrix<const Tensor*> tensors{&block.query_bias, &block.key_bias, &block.value_bias, nullptr, nullptr,
                                         nullptr,           nullptr};
  const Tensor* found = at(tensors, matrix);
  return found != nullptr && !found->shape.empty() ? found : nullptr;
}

Site input_of(MatrixName matrix) {
  static constexpr std::array<Site, kMatrices> inputs{Site::attn_in, Site::attn_in, Site::attn_in, Site::attn_out,
                                                      Site::mlp_in,  Site::mlp_in,  Site::mlp_mid};
  return inputs[static_cast<std::size_t>(matrix)];
}

}  // namespace snnsim::models
