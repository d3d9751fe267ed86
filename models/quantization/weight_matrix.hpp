#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/kernels/float_product.hpp"
#include "core/kernels/integer_weights.hpp"
#include "models/quantization/rounded_weights.hpp"

namespace snnsim::models {

/// Quantized weights of one matrix: signed integers and one scale per output channel; or the stored weights (16 bits).
/// Where the channels of its input have steps of their own, these are folded into the integers.
struct WeightMatrix {
  std::shared_ptr<const IntegerWeights> integer;  // null: not quantized; level times multiple of a group's unit
  std::vector<float> scale;                       // s_w (out)
  std::shared_ptr<const FloatWeights> floating;   // the matrix in fp32: dequantized, or as stored
  std::vector<float> input_scale{};  // c (in), relative to the first: s_w × integer = w c; empty: all are 1

  /// What turns accumulators into outputs, `step` being that of the first input channel: s_w × step (out).
  std::vector<float> output_scale(float step) const;
  /// True if inputs of these steps (in), or thresholds, are what the integers are for: their ratios are c, to rounding.
  /// Dynamic ones (none) are if nothing is folded into the integers.
  bool fits(std::span<const float> steps) const;
};

/// The same integers and scales, those of inputs too; or, where there are none, the same matrix in memory.
bool operator==(const WeightMatrix& a, const WeightMatrix& b);

/// Integers, the scale of each row (out) and what is folded into them (in; empty: nothing).
WeightMatrix integer_matrix(std::shared_ptr<const IntegerWeights> integer, std::vector<float> scale,
                            std::vector<float> input_scale = {});

/// The matrix that was rounded, as the kernels read it. What was rounded is w c.
WeightMatrix to_weight_matrix(const RoundedWeights& rounded, std::vector<float> input_scale = {});

}  // namespace snnsim::models
