#include "models/rotation/rotation.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "tests/support/random.hpp"

namespace snnsim::models {
namespace {

Matrix<float> random_matrix(std::size_t rows, std::size_t columns) {
  tests::Random random{17};
  Matrix<float> m(rows, columns);
  for (float& v : m.values()) v = random.normal();
  return m;
}

/// Q itself: what becomes of the unit matrix.
Matrix<float> matrix_of(const Rotation& rotation) {
  Matrix<float> q(rotation.size(), rotation.size());
  for (std::size_t i = 0; i < q.rows(); ++i) q.row(i)[i] = 1.0F;
  rotation.apply(q.values(), q.columns());
  return q;
}

float largest(std::span<const float> values) {
  float found = 0;
  for (const float x : values) found = std::max(found, std::abs(x));
  return found;
}

float largest_difference(std::span<const float> a, std::span<const float> b) {
  float found = 0;
  for (std::size_t i = 0; i < a.size(); ++i) found = std::max(found, std::abs(a[i] - b[i]));
  return found;
}

}  // namespace

TEST_CASE("a rotation is orthogonal: powers of two, Paley's sizes, and odd factors of which he has none") {
  for (const std::size_t size : {1, 2, 3, 6, 10, 12, 33, 47, 48, 64, 172, 288}) {
    CAPTURE(size);
    const Matrix<float> q = matrix_of(Rotation(size, 1, 0));
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        double product = 0;
        for (std::size_t k = 0; k < size; ++k)
          product += static_cast<double>(q.row(k)[i]) * static_cast<double>(q.row(k)[j]);
        REQUIRE(product == doctest::Approx(i == j ? 1 : 0).epsilon(1e-5));
      }
  }
}

TEST_CASE("undo is the inverse, in the sizes of real models") {
  for (const std::size_t size : {32, 288, 768, 896, 2048, 4864, 5632, 11008, 14336}) {
    CAPTURE(size);
    const Rotation rotation(size, 3, 1);
    const Matrix<float> x = random_matrix(1, size);
    Matrix<float> y = x;
    rotation.apply(y.values());
    CHECK(largest_difference(x.values(), y.values()) > 0.5F);
    rotation.undo(y.values());
    CHECK(largest_difference(x.values(), y.values()) < 1e-4F);
  }
}

TEST_CASE("one large channel is spread evenly where there is a Hadamard matrix") {
  for (const std::size_t size : {48, 64, 288, 768, 5632}) {
    Matrix<float> x(1, size);
    x.row(0)[size / 3] = 100;
    Rotation(size, 1, 0).apply(x.values());
    CHECK(largest(x.values()) == doctest::Approx(100 / std::sqrt(static_cast<double>(size))));
  }
}

TEST_CASE("columns and rows of a matrix turn as each alone would, to the last bit") {
  const Rotation rotation(36, 1, 0);
  const Matrix<float> x = random_matrix(36, 21);
  Matrix<float> columns = x, together = x;
  rotation.apply_columns(columns);
  rotation.apply(together.values(), 21);
  CHECK(columns == together);
  Matrix<float> rows = random_matrix(5, 72), single = rows;
  rotation.apply_rows(rows);
  for (std::size_t r = 0; r < 5; ++r)
    for (const std::size_t part : {0, 36}) rotation.apply({single.row(r) + part, 36});
  CHECK(rows == single);
}

TEST_CASE("a seed and a number are one rotation, other ones another") {
  const Matrix<float> q = matrix_of(Rotation(24, 1, 0));
  CHECK(q == matrix_of(Rotation(24, 1, 0)));
  CHECK_FALSE(q == matrix_of(Rotation(24, 2, 0)));
  CHECK_FALSE(q == matrix_of(Rotation(24, 1, 1)));
  CHECK_FALSE(matrix_of(Rotation(33, 1, 0)) == matrix_of(Rotation(33, 2, 0)));
}

TEST_CASE("work of a column") {
  CHECK(Rotation(64, 1, 0).multiply_accumulates() == 64 * (6 + 1 + 1));
  CHECK(Rotation(288, 1, 0).multiply_accumulates() == 288 * (3 + 36 + 1));
}

TEST_CASE("a size without a fast rotation is refused") {
  CHECK_THROWS_WITH_AS(Rotation(2 * 1031, 1, 0), "there is no fast rotation of 2062 channels", ConfigurationError);
}

}  // namespace snnsim::models
