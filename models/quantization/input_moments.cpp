#include "models/quantization/input_moments.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/kernels/float_product.hpp"
#include "core/parallel.hpp"

namespace snnsim::models {

namespace {

constexpr std::size_t kPanel = 256;  // columns of H that are added to together

/// Rows first..first+out-1 of X^T as weights.
class Channels final : public FloatWeights {
 public:
  Channels(const Matrix<float>& transposed, std::size_t first, std::size_t out)
      : transposed_(transposed), first_(first), out_(out) {}
  std::size_t out() const override { return out_; }
  std::size_t in() const override { return transposed_.columns(); }
  void read_row(std::size_t i, float* values) const override { std::copy_n(transposed_.row(first_ + i), in(), values); }

 private:
  const Matrix<float>& transposed_;
  std::size_t first_, out_;
};

Matrix<float> transpose(const Matrix<float>& x, std::span<const std::uint32_t> rows, std::size_t width) {
  Matrix<float> transposed(width, rows.size());
  parallel_for(
      width,
      [&](std::size_t j) {
        for (std::size_t k = 0; k < rows.size(); ++k) transposed.row(j)[k] = x.row(rows[k])[j];
      },
      16);
  return transposed;
}

}  // namespace

void InputMoments::add(const Matrix<float>& x, std::span<const std::uint32_t> rows) {
  const Matrix<float> transposed = transpose(x, rows, width());
  for (std::size_t first = 0; first < width(); first += kPanel) {
    const std::size_t columns = std::min(kPanel, width() - first);
    std::vector<std::uint32_t> below(width() - first);
    std::iota(below.begin(), below.end(), static_cast<std::uint32_t>(first));
    Matrix<float> products(below.size(), columns);
    multiply(Channels(transposed, first, columns), transposed, below, products, OutputRows::gathered);
    parallel_for(
        below.size(),
        [&](std::size_t k) {
          float* sums = sums_.row(below[k]) + first;
          for (std::size_t j = 0; j < columns; ++j) sums[j] += products.row(k)[j];
        },
        16);
  }
}

void InputMoments::divide(std::span<const float> factors) {
  for (std::size_t i = 0; i < width(); ++i)
    for (std::size_t j = 0; j <= i; ++j) sums_.row(i)[j] /= factors[i] * factors[j];
}

}  // namespace snnsim::models
