#pragma once

#include <memory>
#include <vector>

#include "core/kernels/float_product.hpp"
#include "core/kernels/integer_weights.hpp"
#include "models/quantization/rounded_weights.hpp"

namespace snnsim::models {

/// Quantized weights of one matrix: signed integers and one scale per output channel; or the stored weights (16 bits).
struct WeightMatrix {
  std::shared_ptr<const IntegerWeights> integer;  // null: not quantized
  std::vector<float> scale;                       // s_w (out)
  std::shared_ptr<const FloatWeights> floating;   // the matrix in fp32: dequantized, or as stored

  /// What turns accumulators of counts of `step` each into outputs: s_w × step (out).
  std::vector<float> output_scale(float step) const;
};

/// The same integers and scales; or, where there are none, the same matrix in memory.
bool operator==(const WeightMatrix& a, const WeightMatrix& b);

/// Integers and the scale of each row (out).
WeightMatrix integer_matrix(std::shared_ptr<const IntegerWeights> integer, std::vector<float> scale);

/// The matrix that was rounded, as the kernels read it; its scales are those of whole rows.
WeightMatrix to_weight_matrix(const RoundedWeights& rounded);

}  // namespace snnsim::models
