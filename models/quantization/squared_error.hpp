#pragma once

#include <cstddef>

#include "core/matrix.hpp"

namespace snnsim::models {

/// Σ |a - b|² over rows from `first` on; and Σ |b|².
struct SquaredError {
  double error = 0, reference = 0;
  void add(const Matrix<float>& a, const Matrix<float>& b, std::size_t first);
  double relative() const { return reference > 0 ? error / reference : error; }
};

}  // namespace snnsim::models
