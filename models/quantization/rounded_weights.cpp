#include "models/quantization/rounded_weights.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/parallel.hpp"

namespace snnsim::models {

namespace {

/// body(i, row) for every row of the weights.
template <typename Body>
void for_rows(const FloatWeights& weights, const Body& body) {
  parallel_for(weights.out(), [&](std::size_t i) {
    std::vector<float> row(weights.in());
    weights.read_row(i, row.data());
    body(i, std::span<const float>(row));
  });
}

/// Scales of the groups of a row become multiples of a unit; those of zeros are 0 before, and one unit after it.
void round_to_units(std::vector<float>& scales, RoundingGrid grid) {
  const auto most = static_cast<float>(grid.most_multiple());
  const float largest = std::ranges::max(scales), unit = (largest > 0 ? largest : 1.0F) / most;
  for (float& scale : scales) scale = unit * std::clamp(std::round(scale / unit), 1.0F, most);
}

}  // namespace

Matrix<float> search_scales(const FloatWeights& weights, RoundingGrid grid) {
  const std::size_t in = weights.in(), group = grid.group == RoundingGrid::kWholeRow ? in : grid.group;
  Matrix<float> scale(grid.groups(in), weights.out());
  for_rows(weights, [&](std::size_t i, std::span<const float> row) {
    std::vector<float> scales(scale.rows());
    for (std::size_t g = 0; g < scales.size(); ++g) {
      const std::span<const float> part = row.subspan(g * group, std::min(group, in - g * group));
      const bool zeros = scales.size() > 1 && std::ranges::all_of(part, [](float w) { return w == 0; });
      scales[g] = zeros ? 0 : search_step(part, grid.range());
    }
    if (scales.size() > 1) round_to_units(scales, grid);
    for (std::size_t g = 0; g < scales.size(); ++g) scale.row(g)[i] = scales[g];
  });
  return scale;
}

RoundedWeights round_to_nearest(const FloatWeights& weights, RoundingGrid grid) {
  RoundedWeights rounded{grid, Matrix<std::int8_t>(weights.out(), weights.in()), search_scales(weights, grid)};
  for_rows(weights, [&](std::size_t i, std::span<const float> row) {
    for (std::size_t j = 0; j < row.size(); ++j)
      rounded.levels.row(i)[j] =
          static_cast<std::int8_t>(quantize(row[j], rounded.scale.row(grid.group_of(j))[i], grid.range()));
  });
  return rounded;
}

}  // namespace snnsim::models
