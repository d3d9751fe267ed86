#include "models/quantization/channel_factors.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "models/quantization/scaled_weights.hpp"
#include "tests/support/random.hpp"

namespace snnsim::models {
namespace {

using Matrices = std::vector<std::shared_ptr<const FloatWeights>>;

Matrix<float> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  tests::Random random{seed};
  Matrix<float> matrix(rows, columns);
  for (float& x : matrix.values()) x = random.normal();
  return matrix;
}

/// Two of the channels are outliers.
Matrix<float> inputs_with_outliers() {
  Matrix<float> x = random_matrix(60, 24, 3);
  for (std::size_t r = 0; r < x.rows(); ++r) {
    x.row(r)[3] *= 40;
    x.row(r)[17] *= 15;
  }
  return x;
}

InputMoments moments_of(const Matrix<float>& x) {
  std::vector<std::uint32_t> rows(x.rows());
  for (std::uint32_t r = 0; r < rows.size(); ++r) rows[r] = r;
  InputMoments moments(x.columns());
  moments.add(x, rows);
  return moments;
}

/// |X (W - Q)^T|² of the weights rounded to nearest in the coordinates of the factors.
double product_error(const Matrix<float>& x, const Matrix<float>& w, const std::vector<float>& factors) {
  const MatrixWeights weights(w);
  const RoundedWeights rounded = round_to_nearest(ScaledWeights(weights, factors), {3});
  double error = 0;
  for (std::size_t r = 0; r < x.rows(); ++r)
    for (std::size_t i = 0; i < w.rows(); ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < w.columns(); ++j)
        sum += double{x.row(r)[j]} * (double{w.row(i)[j]} - double{rounded.value(i, j)} / double{factors[j]});
      error += sum * sum;
    }
  return error;
}

}  // namespace

TEST_CASE("factors that cannot be are in the middle of the others, and none is out of proportion") {
  const float nan = std::nanf(""), infinity = std::numeric_limits<float>::infinity();
  CHECK(balanced({1, 0, 4, nan, infinity, -3}) == std::vector<float>{1, 2, 4, 2, 2, 2});
  CHECK(balanced({0, nan}) == std::vector<float>{1, 1});
  std::vector<float> most(10, 1.0F);
  most[4] = 1e30F;
  const std::vector<float> kept = balanced(most);
  CHECK(kept[4] < 1e30F);
  CHECK(kept[0] * 1024 * 1024 >= kept[4]);
}

TEST_CASE("ratios are to the first, and none where all are equal") {
  CHECK(ratios(std::vector<float>{2, 4, 1}) == std::vector<float>{1, 2, 0.5});
  CHECK(ratios(std::vector<float>{0.3F, 0.3F, 0.3F}).empty());
}

TEST_CASE("smoothing by hand: the square roots of both sides at one half, inputs alone at 1, weights alone near 0") {
  const std::vector<float> x{16, 1, 4}, w{1, 4, 1};
  const std::vector<float> half = smoothing_factors(x, w, 0.5F);
  CHECK(half[0] / half[1] == doctest::Approx(8));
  CHECK(half[2] / half[1] == doctest::Approx(4));
  const std::vector<float> inputs = smoothing_factors(x, w, 1);
  CHECK(inputs[0] / inputs[1] == doctest::Approx(16));
  CHECK(inputs[0] / inputs[2] == doctest::Approx(4));
}

TEST_CASE("a channel that is always zero, or that no weight reads, does not matter to the others") {
  const std::vector<float> factors =
      smoothing_factors(std::vector<float>{16, 0, 4, 2}, std::vector<float>{1, 4, 1, 0}, 0.5F);
  CHECK(factors[0] / factors[2] == doctest::Approx(2));
  CHECK(factors[1] == doctest::Approx(std::sqrt(double{factors[0]} * double{factors[2]})));
  CHECK(factors[3] == factors[1]);
}

TEST_CASE("what divides the inputs and multiplies the columns leaves the products as they are, to rounding") {
  const Matrix<float> x = inputs_with_outliers(), w = random_matrix(9, 24, 5);
  const Matrices matrices{std::make_shared<MatrixWeights>(w)};
  std::vector<float> largest(24);
  for (std::size_t r = 0; r < x.rows(); ++r)
    for (std::size_t j = 0; j < 24; ++j) largest[j] = std::max(largest[j], std::abs(x.row(r)[j]));
  const std::vector<float> factors = smoothing_factors(largest, largest_weights(matrices), 0.5F);
  Matrix<float> divided = x, scaled(1, 9), plain(1, 9);
  for (std::size_t r = 0; r < x.rows(); ++r)
    for (std::size_t j = 0; j < 24; ++j) divided.row(r)[j] /= factors[j];
  const std::vector<std::uint32_t> row{7};
  multiply(ScaledWeights(*matrices[0], factors), divided, row, scaled, OutputRows::gathered);
  multiply(*matrices[0], x, row, plain, OutputRows::gathered);
  for (std::size_t i = 0; i < 9; ++i) CHECK(scaled.row(0)[i] == doctest::Approx(plain.row(0)[i]).epsilon(1e-4));
}

TEST_CASE("weights scaled for the size of their inputs change the products less than weights as they are") {
  const Matrix<float> x = inputs_with_outliers(), w = random_matrix(40, 24, 6);
  const Matrices matrices{std::make_shared<MatrixWeights>(w)};
  const std::vector<float> factors = weight_aware_factors(moments_of(x), matrices, {3});
  CHECK(factors[3] > factors[17]);
  CHECK(factors[17] > factors[0]);
  CHECK(product_error(x, w, factors) < 0.5 * product_error(x, w, std::vector<float>(24, 1.0F)));
}

TEST_CASE("weight-aware factors of degenerate inputs: none, a dead channel, a single row, infinite ones") {
  const Matrices matrices{std::make_shared<MatrixWeights>(random_matrix(5, 6, 7))};
  CHECK(ratios(weight_aware_factors(InputMoments(6), matrices, {4})).empty());
  Matrix<float> dead = random_matrix(1, 6, 8);
  dead.row(0)[2] = 0;
  for (const float factor : weight_aware_factors(moments_of(dead), matrices, {4})) CHECK(std::isnormal(factor));
  dead.row(0)[2] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(weight_aware_factors(moments_of(dead), matrices, {4}), DataError);
}

}  // namespace snnsim::models
