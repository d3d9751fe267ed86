#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "models/checkpoint/checkpoint.hpp"

namespace snnsim::models {

/// Bounds that keep every product of sizes far inside 64 bits.
inline constexpr std::size_t largest_dimension = std::size_t{1} << 20;
inline constexpr std::size_t largest_vocabulary = std::size_t{1} << 24;
inline constexpr std::size_t largest_context = std::size_t{1} << 24;
inline constexpr std::size_t most_blocks = 4096;

using BlockTensor = Tensor BlockWeights::*;

/// The weights of a block and their Hugging Face names.
struct NamedBlockTensor {
  std::string_view name;
  BlockTensor tensor;
};
inline constexpr std::array<NamedBlockTensor, 9> block_tensors = {{
    {"input_layernorm", &BlockWeights::attention_norm},
    {"self_attn.q_proj", &BlockWeights::query},
    {"self_attn.k_proj", &BlockWeights::key},
    {"self_attn.v_proj", &BlockWeights::value},
    {"self_attn.o_proj", &BlockWeights::output},
    {"post_attention_layernorm", &BlockWeights::mlp_norm},
    {"mlp.gate_proj", &BlockWeights::gate},
    {"mlp.up_proj", &BlockWeights::up},
    {"mlp.down_proj", &BlockWeights::down},
}};

/// The shape that a configuration gives to a weight of its blocks.
std::vector<std::size_t> shape_of(const LlamaConfig& config, BlockTensor tensor);

/// e.g. model.layers.3.mlp.up_proj.weight.
std::string block_tensor_name(std::size_t block, std::string_view tensor);

/// What is wrong with a configuration (heads that do not divide, an odd head_dim); empty if it can be built.
std::string contradiction(const LlamaConfig& config);

/// Calls visit(name, shape, tensor) for every weight in the order of the forward pass: Hugging Face name, the shape
/// that the configuration asks for, and the weight itself. A tied LM head is not visited again.
template <typename CheckpointType, typename Visit>
void visit_tensors(CheckpointType& checkpoint, Visit visit) {
  const LlamaConfig& config = checkpoint.config;
  const std::vector<std::size_t> table = {config.vocabulary_size, config.hidden_size};
  visit(std::string("model.embed_tokens.weight"), table, checkpoint.embedding);
  for (std::size_t block = 0; block < checkpoint.blocks.size(); ++block) {
    for (const auto& [name, tensor] : block_tensors) {
      visit(block_tensor_name(block, name), shape_of(config, tensor), checkpoint.blocks[block].*tensor);
    }
  }
  visit(std::string("model.norm.weight"), std::vector<std::size_t>{config.hidden_size}, checkpoint.final_norm);
  if (!config.tied_embeddings) visit(std::string("lm_head.weight"), table, checkpoint.lm_head);
}

}  // namespace snnsim::models
