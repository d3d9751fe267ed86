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

/// A weight of a block and its names behind the block's prefix.
struct NamedBlockTensor {
  std::string_view huggingface;
  std::string_view gguf;
  BlockTensor tensor;
  bool is_bias = false;  // only there with projection_biases
};
inline constexpr std::array<NamedBlockTensor, 12> block_tensors = {{
    {"input_layernorm.weight", "attn_norm.weight", &BlockWeights::attention_norm},
    {"self_attn.q_proj.weight", "attn_q.weight", &BlockWeights::query},
    {"self_attn.q_proj.bias", "attn_q.bias", &BlockWeights::query_bias, true},
    {"self_attn.k_proj.weight", "attn_k.weight", &BlockWeights::key},
    {"self_attn.k_proj.bias", "attn_k.bias", &BlockWeights::key_bias, true},
    {"self_attn.v_proj.weight", "attn_v.weight", &BlockWeights::value},
    {"self_attn.v_proj.bias", "attn_v.bias", &BlockWeights::value_bias, true},
    {"self_attn.o_proj.weight", "attn_output.weight", &BlockWeights::output},
    {"post_attention_layernorm.weight", "ffn_norm.weight", &BlockWeights::mlp_norm},
    {"mlp.gate_proj.weight", "ffn_gate.weight", &BlockWeights::gate},
    {"mlp.up_proj.weight", "ffn_up.weight", &BlockWeights::up},
    {"mlp.down_proj.weight", "ffn_down.weight", &BlockWeights::down},
}};

/// Names of the weights outside the blocks.
struct EndNames {
  std::string embedding, final_norm, lm_head;
};
EndNames end_names(const std::string& format);

/// The shape that a configuration gives to a weight of its blocks.
std::vector<std::size_t> shape_of(const LlamaConfig& config, BlockTensor tensor);

/// e.g. model.layers.3.mlp.up_proj.weight, or blk.3.ffn_up.weight in a GGUF file.
std::string block_tensor_name(const std::string& format, std::size_t block, const NamedBlockTensor& tensor);

/// What is wrong with a configuration (heads that do not divide, an odd head_dim); empty if it can be built.
std::string contradiction(const LlamaConfig& config);

/// Calls visit(name, shape, tensor) for every weight of a block, in the order of the forward pass: the name that the
/// format gives it, the shape that the configuration asks for, and the weight itself.
template <typename CheckpointType, typename Visit>
void visit_block(CheckpointType& checkpoint, std::size_t block, Visit visit) {
  for (const NamedBlockTensor& entry : block_tensors) {
    if (entry.is_bias && !checkpoint.config.projection_biases) continue;
    visit(block_tensor_name(checkpoint.format, block, entry), shape_of(checkpoint.config, entry.tensor),
          checkpoint.blocks[block].*entry.tensor);
  }
}

/// The same for the weights outside the blocks. A tied LM head is not visited again.
template <typename CheckpointType, typename Visit>
void visit_ends(CheckpointType& checkpoint, Visit visit) {
  const LlamaConfig& config = checkpoint.config;
  const EndNames names = end_names(checkpoint.format);
  const std::vector<std::size_t> table = {config.vocabulary_size, config.hidden_size};
  visit(names.embedding, table, checkpoint.embedding);
  visit(names.final_norm, std::vector<std::size_t>{config.hidden_size}, checkpoint.final_norm);
  if (!config.tied_embeddings) visit(names.lm_head, table, checkpoint.lm_head);
}

/// The same for all weights: the ends, then the blocks.
template <typename CheckpointType, typename Visit>
void visit_tensors(CheckpointType& checkpoint, Visit visit) {
  visit_ends(checkpoint, visit);
  for (std::size_t block = 0; block < checkpoint.blocks.size(); ++block) visit_block(checkpoint, block, visit);
}

}  // namespace snnsim::models
