#pragma once

#include "models/llama/dense_model.hpp"

namespace snnsim::models {

/// Dense arithmetic for forward_block(): a site hands on what it gets.
class DenseArithmetic {
 public:
  DenseArithmetic(const BlockWeights& weights, std::span<const std::uint32_t> rows,
                  const DenseModel::SiteObserver& observer)
      : weights_(weights), rows_(rows), observer_(observer) {}

  void site(Site site, const Matrix<float>& x) {
    if (observer_) observer_(site, x);
    at(values_, site) = &x;
  }
  void product(MatrixName name, Matrix<float>& y) const {
    multiply(TensorWeights(tensor(weights_, name)), *at(values_, input_of(name)), rows_, y, OutputRows::scattered);
  }

 private:
  const BlockWeights& weights_;
  std::span<const std::uint32_t> rows_;
  const DenseModel::SiteObserver& observer_;
  PerSite<const Matrix<float>*> values_{};
};

}  // namespace snnsim::models
