#pragma once

#include <cstdint>
#include <memory>

#include "core/kernels/float_product.hpp"
#include "models/checkpoint/checkpoint.hpp"
#include "models/llama/sites.hpp"
#include "models/rotation/rotation.hpp"

namespace snnsim::models {

/// The rotations that take a LLaMA model to other coordinates without changing its function (QuaRot, Ashkboos et al.
/// 2024). Those of the residual stream and of values are part of the weights; `head` on queries and keys, `heads` and
/// `inner` are computed as the model runs.
struct ModelRotation {
  Rotation stream;  // residual stream (hidden): embedding, every matrix that reads or writes it
  Rotation head;    // of each head (head_dim): queries and keys after RoPE, values
  Rotation heads;   // across heads, of what attention gives (heads, each entry a head)
  Rotation inner;   // input of Wdown (intermediate)

  ModelRotation(const LlamaConfig& config, std::uint64_t seed);
};

/// A matrix in the rotated coordinates, fp32, whole: `gain` (in) of the norm before it comes first, where there is one.
std::shared_ptr<const FloatWeights> rotated_matrix(const FloatWeights& weights, MatrixName name,
                                                   std::span<const float> gain, const ModelRotation& rotation);

}  // namespace snnsim::models
