#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/random.hpp"
#include "models/checkpoint/checkpoint.hpp"
#include "models/checkpoint/llama_tensors.hpp"

namespace snnsim::models {

/// Random weights that give a LLaMA model the features that make quantizing one hard:
/// - outlier channels: a few channels that every norm but the last multiplies by 10 to 50, and that the matrices behind
///   it weigh as much less, so that activations have them and the function does not (Xiao et al. 2022, SmoothQuant);
/// - massive activations: one hidden neuron of an early block answers to the BOS token alone, over 1000 times as strong
///   as others, and writes about 1000 times the usual size to two channels of the residual stream (Sun et al. 2024).
/// Otherwise weights are roughly normal, of a size that keeps every product near 1. Each value is a function of the
/// seed and its place; nothing but + - × / and square roots is used.
class SyntheticWeights {
 public:
  static constexpr std::size_t kBos = 1;

  SyntheticWeights(const LlamaConfig& config, std::uint64_t seed);

  /// Values of row r (columns).
  using ReadRow = std::function<void(std::size_t r, std::span<float> values)>;
  ReadRow embedding() const;
  ReadRow final_norm() const;
  ReadRow lm_head() const;
  ReadRow block(std::size_t k, BlockTensor tensor) const;

  std::span<const std::size_t> outlier_channels() const { return outliers_; }
  /// The block, its hidden neuron, and the channels of the residual stream.
  std::size_t massive_block() const { return config_.blocks > 1 ? 1 : 0; }
  std::size_t massive_neuron() const { return neuron_; }
  std::span<const std::size_t> massive_channels() const { return massive_; }

 private:
  RandomStream stream(std::uint64_t number) const;
  ReadRow norm(std::uint64_t number) const;
  ReadRow matrix(std::uint64_t number, std::size_t columns, double deviation, bool behind_norm) const;

  LlamaConfig config_;
  RandomStream all_;
  std::vector<std::size_t> outliers_, massive_;
  std::vector<float> factor_;  // what norms multiply a channel by (hidden)
  std::vector<float> bos_;     // direction of the BOS token, each channel near 1 (hidden)
  std::size_t neuron_;
};

}  // namespace snnsim::models
