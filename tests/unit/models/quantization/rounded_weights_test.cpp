#include "models/quantization/rounded_weights.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "models/quantization/weight_matrix.hpp"
#include "tests/support/random.hpp"

namespace snnsim::models {
namespace {

/// The size of the weights differs from group of 32 to group.
Matrix<float> uneven_weights(std::size_t in) {
  tests::Random random{4};
  Matrix<float> weights(9, in);
  for (std::size_t i = 0; i < weights.rows(); ++i)
    for (std::size_t j = 0; j < in; ++j)
      weights.row(i)[j] = random.normal() * std::exp2(static_cast<float>(j / 32 % 3) - static_cast<float>(i % 2));
  return weights;
}

double error(const Matrix<float>& weights, const FloatWeights& rounded) {
  double sum = 0;
  std::vector<float> row(weights.columns());
  for (std::size_t i = 0; i < weights.rows(); ++i) {
    rounded.read_row(i, row.data());
    for (std::size_t j = 0; j < row.size(); ++j) sum += std::pow(double{weights.row(i)[j]} - double{row[j]}, 2);
  }
  return sum;
}

}  // namespace

TEST_CASE("scales of groups are multiples of a unit, so that the matrix is one of 8-bit integers") {
  const Matrix<float> values = uneven_weights(150);  // the last group is shorter
  const MatrixWeights weights(values);
  for (const int bits : {2, 3, 4, 6})
    for (const std::size_t group : {32, 64, 128}) {
      CAPTURE(bits);
      CAPTURE(group);
      const RoundedWeights rounded = round_to_nearest(weights, {bits, group});
      REQUIRE(rounded.scale.rows() == (150 + group - 1) / group);
      const WeightMatrix matrix = to_weight_matrix(rounded);
      std::vector<float> row(150);
      for (std::size_t i = 0; i < 9; ++i) {
        matrix.floating->read_row(i, row.data());
        int largest = 0;
        for (std::size_t j = 0; j < 150; ++j) {
          CHECK(row[j] == doctest::Approx(rounded.value(i, j)).epsilon(1e-6));
          const float multiple = rounded.scale.row(j / group)[i] / matrix.scale[i];
          CHECK(multiple == doctest::Approx(std::round(multiple)).epsilon(1e-6));
          largest = std::max(largest, static_cast<int>(std::lround(multiple)));
        }
        CHECK(largest == 1 << (8 - bits));
      }
    }
}

TEST_CASE("groups are closer to the weights than whole rows, small ones more so") {
  const Matrix<float> values = uneven_weights(256);
  const MatrixWeights weights(values);
  for (const int bits : {2, 3, 4}) {
    double coarser = error(values, *to_weight_matrix(round_to_nearest(weights, {bits})).floating);
    for (const std::size_t group : {128, 64, 32}) {
      const double finer = error(values, *to_weight_matrix(round_to_nearest(weights, {bits, group})).floating);
      CAPTURE(bits);
      CAPTURE(group);
      CHECK(finer < coarser);
      coarser = finer;
    }
  }
}

TEST_CASE("a group of zeros, and a matrix of them") {
  Matrix<float> values = uneven_weights(96);
  for (std::size_t i = 0; i < 9; ++i)
    for (std::size_t j = 32; j < 64; ++j) values.row(i)[j] = 0;
  const WeightMatrix matrix = to_weight_matrix(round_to_nearest(MatrixWeights(values), {4, 32}));
  CHECK(error(values, *matrix.floating) < 0.02 * error(values, MatrixWeights(Matrix<float>(9, 96))));
  CHECK(matrix.integer->weight(3, 40) == 0);
  const WeightMatrix zeros = to_weight_matrix(round_to_nearest(MatrixWeights(Matrix<float>(3, 64)), {4, 32}));
  CHECK(zeros.integer->max_row_magnitude() == 0);
  for (const float scale : zeros.scale) CHECK(std::isnormal(scale));
}

TEST_CASE("what is folded into the integers is taken out of the matrix in fp32") {
  const std::vector<float> factors{1, 2, 0.5F, 4};
  Matrix<float> scaled(1, 4);
  for (std::size_t j = 0; j < 4; ++j) scaled.row(0)[j] = static_cast<float>(j + 1) * factors[j];
  const WeightMatrix matrix = to_weight_matrix(round_to_nearest(MatrixWeights(scaled), {8}), factors);
  std::vector<float> row(4);
  matrix.floating->read_row(0, row.data());
  for (std::size_t j = 0; j < 4; ++j)
    CHECK(std::abs(row[j] - static_cast<float>(j + 1)) <= 0.51F * matrix.scale[0] / factors[j]);
  CHECK(matrix.fits(std::vector<float>{0.3F, 0.6F, 0.15F, 1.2F}));
  CHECK(!matrix.fits(std::vector<float>{0.3F, 0.6F, 0.3F, 1.2F}));
  CHECK(!matrix.fits(std::vector<float>{1, 1, 1, 1}));
  CHECK(to_weight_matrix(round_to_nearest(MatrixWeights(scaled), {8})).fits(std::vector<float>{7, 7, 7, 7}));
}

}  // namespace snnsim::models
