#include "models/quantization/rounded_weights.hpp"

#include <algorithm>
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

}  // namespace

Matrix<float> search_scales(const FloatWeights& weights, RoundingGrid grid) {
  const std::size_t in = weights.in(), group = grid.group == RoundingGrid::kWholeRow ? in : grid.group;
  Matrix<float> scale(grid.groups(in), weights.out());
  for_rows(weights, [&](std::size_t i, std::span<const float> row) {
    for (std::size_t g = 0; g < scale.rows(); ++g)
      scale.row(g)[i] = search_step(row.subspan(g * group, std::min(group, in - g * group)), grid.range());
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
