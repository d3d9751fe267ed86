#pragma once

#include "models/llama/dense_model.hpp"

namespace snnsim::models {

/// Dense arithmetic for forward_block(): a site hands on what it gets, a product takes weights of any origin.
class DenseArithmetic {
 public:
  DenseArithmetic(const BlockFloats& weights, std::span<const std::uint32_t> rows,
                  const DenseModel::SiteObserver& observer)
      : weights_(weights), rows_(rows), observer_(observer) {}

  void site(Site site, const Matrix<float>& x) {
    if (observer_) observer_(site, x);
    at(values_, site) = &x;
  }
  void product(MatrixName name, Matrix<float>& y) const {
    multiply(*at(weights_, name), *at(values_, input_of(name)), rows_, y, OutputRows::scattered);
  }

 private:
  const BlockFloats& weights_;
  std::span<const std::uint32_t> rows_;
  const DenseModel::SiteObserver& observer_;
  PerSite<const Matrix<float>*> values_{};
};

}  // namespace snnsim::models
