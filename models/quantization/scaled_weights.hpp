#pragma once

#include <span>

#include "core/kernels/float_product.hpp"

namespace snnsim::models {

/// Weights whose columns are multiplied by the factors that their inputs are divided by.
class ScaledWeights final : public FloatWeights {
 public:
  /// factors: (in), or none at all. Both are referred to.
  ScaledWeights(const FloatWeights& weights, std::span<const float> factors) : weights_(weights), factors_(factors) {}
  std::size_t out() const override { return weights_.out(); }
  std::size_t in() const override { return weights_.in(); }
  void read_row(std::size_t i, float* values) const override {
    weights_.read_row(i, values);
    for (std::size_t j = 0; j < factors_.size(); ++j) values[j] *= factors_[j];
  }

 private:
  const FloatWeights& weights_;
  std::span<const float> factors_;
};

}  // namespace snnsim::models
