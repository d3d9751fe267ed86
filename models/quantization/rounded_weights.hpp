#pragma once

#include <cstdint>
#include <vector>

#include "core/kernels/float_product.hpp"
#include "core/matrix.hpp"
#include "models/quantization/threshold_search.hpp"

namespace snnsim::models {

/// What weights may become: a number of bits, and how many neighbouring input channels share the scale of an output.
/// The scales of a row's groups are whole multiples, 1 .. 2^(8 - bits), of one unit (VS-Quant, Dai et al., arXiv
/// 2102.04503): multiple × level fits in 8 bits, so that products still add up in one integer accumulator.
struct RoundingGrid {
  static constexpr std::size_t kWholeRow = 0;

  int bits = 8;                   // 2..8
  std::size_t group = kWholeRow;  // input channels; the last group of a row may be shorter

  LevelRange range() const { return signed_range(bits); }
  /// The multiple of the unit in the group of a row that has the largest scale.
  std::int32_t most_multiple() const { return 1 << (8 - bits); }
  std::size_t groups(std::size_t in) const { return group == kWholeRow ? 1 : (in + group - 1) / group; }
  std::size_t group_of(std::size_t channel) const { return group == kWholeRow ? 0 : channel / group; }
};

/// A matrix of integer weights: w_ij ≈ scale(group of j, i) × level(i, j).
struct RoundedWeights {
  RoundingGrid grid;
  Matrix<std::int8_t> levels;  // (out × in)
  Matrix<float> scale;         // (groups × out)

  float value(std::size_t i, std::size_t j) const {
    return scale.row(grid.group_of(j))[i] * static_cast<float>(levels.row(i)[j]);
  }
};

/// The scale of least mean square error of every row (threshold_search.hpp); with groups, of every group of a row,
/// rounded to a multiple of a unit, the largest scale of the row being grid.most_multiple() units.
Matrix<float> search_scales(const FloatWeights& weights, RoundingGrid grid);

/// Each weight becomes the nearest level of those scales.
RoundedWeights round_to_nearest(const FloatWeights& weights, RoundingGrid grid);

}  // namespace snnsim::models
