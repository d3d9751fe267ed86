#include "models/quantization/weight_matrix.hpp"

#include <cassert>

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

WeightMatrix to_weight_matrix(const RoundedWeights& rounded) {
  assert(rounded.scale.rows() == 1);
  const Matrix<std::int8_t>& levels = rounded.levels;
  const auto integer = std::make_shared<const IntegerWeights>(levels.rows(), levels.columns(), levels.values());
  const std::vector<float> scale(rounded.scale.values().begin(), rounded.scale.values().end());
  return {integer, scale, std::make_shared<DequantizedWeights>(integer, scale)};
}

}  // namespace snnsim::models
