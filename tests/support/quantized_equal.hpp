#pragma once

#include <algorithm>

#include "models/quantization/quantized_model.hpp"

namespace snnsim::tests {

/// The two hold the same integers, scales, steps and ranges, bit for bit.
inline bool equal(const models::QuantizedBlock& a, const models::QuantizedBlock& b) {
  for (const models::MatrixName name : models::kAllMatrices) {
    const models::WeightMatrix &x = a.matrix(name), &y = b.matrix(name);
    if ((x.integer == nullptr) != (y.integer == nullptr) || x.scale != y.scale || x.input_scale != y.input_scale)
      return false;
    if (x.integer &&
        (x.integer->format() != y.integer->format() || !std::ranges::equal(x.integer->packed(), y.integer->packed()) ||
         !std::ranges::equal(x.integer->row_sums(), y.integer->row_sums())))
      return false;
  }
  for (const models::Site site : models::kAllSites) {
    if (at(a.sites, site) != at(b.sites, site)) return false;
  }
  return a.probs == b.probs && a.final_in == b.final_in;
}

inline bool equal(const models::QuantizedModel& a, const models::QuantizedModel& b) {
  return a.weight_bits == b.weight_bits && a.keys == b.keys && a.activation_bits == b.activation_bits &&
         std::ranges::equal(a.blocks, b.blocks, [](const auto& x, const auto& y) { return equal(x, y); });
}

/// What the network makes of the tokens: the final RMSNorm.
inline Matrix<float> output(const models::QuantizedModel& model, std::span<const models::TokenId> tokens) {
  models::QuantizedSequence sequence(model);
  sequence.append(tokens);
  return sequence.normalised();
}

}  // namespace snnsim::tests
