#include "models/rotation/random_orthogonal.hpp"

#include <cmath>
#include <span>
#include <vector>

namespace snnsim::models {

namespace {

double product(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void take_off(std::span<double> row, std::span<const double> direction) {
  const double share = product(row, direction);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] -= share * direction[i];
}

/// Nearly normal: the sum of four uniform numbers.
double bell(const RandomStream& random, std::size_t number) {
  double sum = -2;
  for (std::size_t i = 0; i < 4; ++i) sum += random.uniform(4 * number + i);
  return sum;
}

}  // namespace

Matrix<float> random_orthogonal(std::size_t size, const RandomStream& random) {
  std::vector<std::vector<double>> rows(size, std::vector<double>(size));
  Matrix<float> result(size, size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) rows[i][j] = bell(random, i * size + j);
    for (int pass = 0; pass < 2; ++pass)
      for (std::size_t earlier = 0; earlier < i; ++earlier) take_off(rows[i], rows[earlier]);
    const double length = std::sqrt(product(rows[i], rows[i]));
    for (std::size_t j = 0; j < size; ++j) {
      rows[i][j] /= length;
      result.row(i)[j] = static_cast<float>(rows[i][j]);
    }
  }
  return result;
}

}  // namespace snnsim::models
