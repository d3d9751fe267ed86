#include "models/quantization/squared_error.hpp"

namespace snnsim::models {

void SquaredError::add(const Matrix<float>& a, const Matrix<float>& b, std::size_t first) {
  for (std::size_t r = first; r < a.rows(); ++r)
    for (std::size_t i = 0; i < a.columns(); ++i) {
      const double x = a.row(r)[i], y = b.row(r)[i];
      error += (x - y) * (x - y);
      reference += y * y;
    }
}

}  // namespace snnsim::models
