#include "models/quantization/weight_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace snnsim::models {

namespace {

constexpr float kRoundingOfRatios = 1e-6F;

/// Quantized weights as floats, for sites that stay analog: s_w × integer / c.
class DequantizedWeights final : public FloatWeights {
 public:
  DequantizedWeights(std::shared_ptr<const IntegerWeights> weights, std::vector<float> scale,
                     std::vector<float> input_scale)
      : weights_(std::move(weights)), scale_(std::move(scale)), input_scale_(std::move(input_scale)) {}
  std::size_t out() const override { return weights_->out(); }
  std::size_t in() const override { return weights_->in(); }
  void read_row(std::size_t i, float* values) const override {
    for (std::size_t j = 0; j < in(); ++j) values[j] = scale_[i] * static_cast<float>(weights_->weight(i, j));
    for (std::size_t j = 0; j < input_scale_.size(); ++j) values[j] /= input_scale_[j];
  }

 private:
  std::shared_ptr<const IntegerWeights> weights_;
  std::vector<float> scale_, input_scale_;
};

/// Levels times the multiples of their groups, and the unit of each row.
WeightMatrix in_units(const RoundedWeights& rounded, std::vector<float> input_scale) {
  Matrix<std::int8_t> levels = rounded.levels;
  std::vector<float> units(levels.rows());
  for (std::size_t i = 0; i < levels.rows(); ++i) {
    float largest = 0;
    for (std::size_t g = 0; g < rounded.scale.rows(); ++g) largest = std::max(largest, rounded.scale.row(g)[i]);
    units[i] = largest / static_cast<float>(rounded.grid.most_multiple());
    for (std::size_t j = 0; j < levels.columns(); ++j) {
      const long multiple = std::lround(rounded.scale.row(rounded.grid.group_of(j))[i] / units[i]);
      levels.row(i)[j] = static_cast<std::int8_t>(levels.row(i)[j] * multiple);
    }
  }
  return integer_matrix(std::make_shared<const IntegerWeights>(levels.rows(), levels.columns(), levels.values()),
                        std::move(units), std::move(input_scale));
}

}  // namespace

std::vector<float> WeightMatrix::output_scale(float step) const {
  std::vector<float> products = scale;
  for (float& s : products) s *= step;
  return products;
}

bool WeightMatrix::fits(std::span<const float> steps) const {
  if (input_scale.empty()) return std::ranges::all_of(steps, [&](float step) { return step == steps.front(); });
  if (steps.empty()) return false;
  for (std::size_t j = 0; j < steps.size(); ++j)
    if (!(std::abs(input_scale[j] * steps.front() - steps[j]) <= kRoundingOfRatios * steps[j])) return false;
  return true;
}

bool operator==(const WeightMatrix& a, const WeightMatrix& b) {
  if (a.integer == nullptr || b.integer == nullptr) return a.integer == b.integer && a.floating == b.floating;
  return a.scale == b.scale && a.input_scale == b.input_scale &&
         std::ranges::equal(a.integer->packed(), b.integer->packed());
}

WeightMatrix integer_matrix(std::shared_ptr<const IntegerWeights> integer, std::vector<float> scale,
                            std::vector<float> input_scale) {
  auto floating = std::make_shared<const DequantizedWeights>(integer, scale, input_scale);
  return {std::move(integer), std::move(scale), std::move(floating), std::move(input_scale)};
}

WeightMatrix to_weight_matrix(const RoundedWeights& rounded, std::vector<float> input_scale) {
  if (rounded.scale.rows() > 1) return in_units(rounded, std::move(input_scale));
  const Matrix<std::int8_t>& levels = rounded.levels;
  return integer_matrix(std::make_shared<const IntegerWeights>(levels.rows(), levels.columns(), levels.values()),
                        {rounded.scale.values().begin(), rounded.scale.values().end()}, std::move(input_scale));
}

}  // namespace snnsim::models
