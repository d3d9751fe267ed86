#include "core/kernels/float_product.hpp"

#include <algorithm>
#include <cstring>

#include <doctest/doctest.h>

#include "tests/support/graphs.hpp"
#include "tests/support/random.hpp"
#include "tests/support/targets.hpp"

namespace snnsim {
namespace {

Matrix<float> random_matrix(tests::Random& random, std::size_t rows, std::size_t columns) {
  Matrix<float> m(rows, columns);
  for (float& v : m.values())
    v = random.between(0, 9) == 0 ? -0.0F : random.normal() * std::ldexp(1.0F, random.between(-8, 8));
  return m;
}

/// The order that the header promises: inputs ascending, one rounding for each.
Matrix<float> naive(const Matrix<float>& weights, const Matrix<float>& x, std::span<const std::uint32_t> rows) {
  Matrix<float> y(rows.size(), weights.rows());
  for (std::size_t k = 0; k < rows.size(); ++k)
    for (std::size_t i = 0; i < weights.rows(); ++i) {
      float sum = 0;
      for (std::size_t j = 0; j < weights.columns(); ++j) sum = std::fma(weights.row(i)[j], x.row(rows[k])[j], sum);
      y.row(k)[i] = sum;
    }
  return y;
}

bool same_bits(const float* a, const float* b, std::size_t count) {
  return std::memcmp(a, b, count * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("multiply() equals the plain loop to the bit, for every shape, placement and instruction set") {
  tests::Random random{13};
  for (const std::size_t out : {1, 7, 8, 9, 33})
    for (const std::size_t in : {1, 16, 65})
      for (const std::size_t positions : {1, 2, 15, 16, 17, 50}) {
        CAPTURE(out);
        CAPTURE(in);
        CAPTURE(positions);
        const MatrixWeights weights(random_matrix(random, out, in));
        const Matrix<float> x =
            random_matrix(random, positions, in + positions % 3);  // columns beyond `in` are ignored
        std::vector<std::uint32_t> rows;
        for (std::uint32_t r = 0; r < positions; ++r)
          if (positions == 1 || r % 3 != 1) rows.push_back(r);
        const Matrix<float> expected = naive(weights.values(), x, rows);
        tests::on_every_target([&] {
          Matrix<float> gathered(rows.size(), out), scattered(positions, out, 7.0F);
          multiply(weights, x, rows, gathered, OutputRows::gathered);
          multiply(weights, x, rows, scattered, OutputRows::scattered);
          CHECK(same_bits(gathered.row(0), expected.row(0), rows.size() * out));
          for (std::size_t k = 0; k < rows.size(); ++k) CHECK(same_bits(scattered.row(rows[k]), expected.row(k), out));
          if (positions > 1)
            CHECK(std::ranges::count(scattered.values().subspan(out, out), 7.0F) == std::ptrdiff_t(out));
        });
      }
}

TEST_CASE("no rows: nothing is written") {
  const MatrixWeights weights(Matrix<float>(3, 2, 1.0F));
  Matrix<float> y(0, 3);
  multiply(weights, Matrix<float>(4, 2), {}, y, OutputRows::gathered);
  CHECK(y.rows() == 0);
}

}  // namespace snnsim
