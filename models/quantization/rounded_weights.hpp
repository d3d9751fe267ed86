#pragma once

#include <cstdint>
#include <vector>

#include "core/kernels/float_product.hpp"
#include "core/matrix.hpp"
#include "models/quantization/threshold_search.hpp"

namespace snnsim::models {

/// What weights may become: a number of bits, and how many neighbouring input channels share the scale of an output.
struct RoundingGrid {
  static constexpr std::size_t kWholeRow = 0;

  int bits = 8;                   // 2..8
  std::size_t group = kWholeRow;  // input channels; the last group of a row may be shorter

  LevelRange range() const { return signed_range(bits); }
  std::size_t groups(std::size_t in) const { return group == kWholeRow ? 1 : (in + group - 1) / group; }
  std::size_t group_of(std::size_t channel) const { return group == kWholeRow ? 0 : channel / group; }
};

/// A matrix of integer weights: w_ij ≈ scale(group of j, i) × level(i, j).
struct RoundedWeights {
  RoundingGrid grid;
  Matrix<std::int8_t> levels;  // (out × in)
  Matrix<float> scale;         // (groups × out)
};

/// The scale of least mean square error of every row and group (threshold_search.hpp).
Matrix<float> search_scales(const FloatWeights& weights, RoundingGrid grid);

/// Each weight becomes the nearest level of those scales.
RoundedWeights round_to_nearest(const FloatWeights& weights, RoundingGrid grid);

}  // namespace snnsim::models
