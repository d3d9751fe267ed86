#pragma once

#include <cstdint>
#include <span>

#include "core/matrix.hpp"

namespace snnsim::models {

/// Second moments H = X^T X of the inputs of a product, X (rows × width) being what it multiplies on calibration text:
/// the error of weights W + D on that text is |X D^T|² = Σ_rows of D: d H d^T. The sums are fp32 in one fixed order:
/// that of add(), and in it the rows ascending.
class InputMoments {
 public:
  explicit InputMoments(std::size_t width) : sums_(width, width) {}

  void add(const Matrix<float>& x, std::span<const std::uint32_t> rows);

  /// Those of inputs whose channels are divided by factors (width).
  void divide(std::span<const float> factors);

  std::size_t width() const { return sums_.rows(); }
  /// H_ij, any i and j.
  float operator()(std::size_t i, std::size_t j) const { return i < j ? sums_.row(j)[i] : sums_.row(i)[j]; }

 private:
  Matrix<float> sums_;  // (width × width), the lower triangle
};

}  // namespace snnsim::models
