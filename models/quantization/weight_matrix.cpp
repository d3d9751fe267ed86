#include "models/quantization/weight_matrix.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace snnsim::models {

namespace {

/// Quantized weights as floats, for sites that stay analog: s_w × integer.
class DequantizedWeights final : public FloatWeights {
 public:
  DequantizedWeights(std::shared_ptr<const IntegerWeights> weights, std::vector<float> scale)
      : weights_(std::move(weights)), scale_(std::move(scale)) {}
  std::size_t out() const override { return weights_->out(); }
  std::size_t in() const override { return weights_->in(); }
  void read_row(std::size_t i, float* values) const override {
    for (std::size_t j = 0; j < in(); ++j) values[j] = scale_[i] * static_cast<float>(weights_->weight(i, j));
  }

 private:
  std::shared_ptr<const IntegerWeights> weights_;
  std::vector<float> scale_;
};

}  // namespace

std::vector<float> WeightMatrix::output_scale(float step) const {
  std::vector<float> products = scale;
  for (float& s : products) s *= step;
  return products;
}

bool operator==(const WeightMatrix& a, const WeightMatrix& b) {
  if (a.integer == nullptr || b.integer == nullptr) return a.integer == b.integer && a.floating == b.floating;
  return a.scale == b.scale && std::ranges::equal(a.integer->packed(), b.integer->packed());
}

WeightMatrix integer_matrix(std::shared_ptr<const IntegerWeights> integer, std::vector<float> scale) {
  auto floating = std::make_shared<const DequantizedWeights>(integer, scale);
  return {std::move(integer), std::move(scale), std::move(floating)};
}

WeightMatrix to_weight_matrix(const RoundedWeights& rounded) {
  assert(rounded.scale.rows() == 1);
  const Matrix<std::int8_t>& levels = rounded.levels;
  return integer_matrix(std::make_shared<const IntegerWeights>(levels.rows(), levels.columns(), levels.values()),
                        {rounded.scale.values().begin(), rounded.scale.values().end()});
}

}  // namespace snnsim::models
