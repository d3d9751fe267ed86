#include "models/rotation/rotation.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/parallel.hpp"
#include "models/rotation/hadamard.hpp"
#include "models/rotation/random_orthogonal.hpp"

namespace snnsim::models {

namespace {

constexpr std::size_t kLargestFactor = 1024;
constexpr std::size_t kColumns = 16;  // of a matrix that are turned together

/// The smallest Hadamard matrix of Paley's that divides the size and leaves a power of two; else a random matrix of the
/// odd factor.
Matrix<float> factor_of(std::size_t size, const RandomStream& random) {
  const std::size_t power = size & (~size + 1), odd = size / power;
  if (odd == 1) return {1, 1, 1.0F};
  for (std::size_t order = 4 * odd; size % order == 0 && order <= kLargestFactor; order *= 2)
    if (std::optional<Matrix<float>> hadamard = paley_hadamard(order)) {
      for (float& x : hadamard->values()) x /= std::sqrt(static_cast<float>(order));
      return std::move(*hadamard);
    }
  if (odd > kLargestFactor)
    throw ConfigurationError(fmt::format("there is no fast rotation of {} channels", size),
                             "set quantization.rotation to \"none\"");
  return random_orthogonal(odd, random);
}

Matrix<float> transpose(const Matrix<float>& a) {
  Matrix<float> b(a.columns(), a.rows());
  for (std::size_t i = 0; i < a.rows(); ++i)
    for (std::size_t j = 0; j < a.columns(); ++j) b.row(j)[i] = a.row(i)[j];
  return b;
}

}  // namespace

Rotation::Rotation(std::size_t size, std::uint64_t seed, std::uint64_t number) : signs_(size) {
  const RandomStream all(seed, RandomStream::Purpose::rotation);
  const RandomStream signs(all.bits(2 * number), RandomStream::Purpose::rotation);
  for (std::size_t i = 0; i < size; ++i) signs_[i] = (signs.bits(i) & 1U) != 0 ? -1.0F : 1.0F;
  factor_ = factor_of(size, RandomStream(all.bits(2 * number + 1), RandomStream::Purpose::rotation));
  power_ = size / factor_.rows();
  for (float& x : factor_.values()) x /= std::sqrt(static_cast<float>(power_));
  factor_transposed_ = transpose(factor_);
}

void Rotation::hadamard(std::span<float> values, std::size_t columns) const {
  for (std::size_t half = columns; half < power_ * columns; half *= 2)
    for (std::size_t first = 0; first < values.size(); first += 2 * half) {
      float* a = values.data() + first;
      float* b = a + half;
      for (std::size_t i = 0; i < half; ++i) {
        const float x = a[i], y = b[i];
        a[i] = x + y;
        b[i] = x - y;
      }
    }
}

void Rotation::mix(const Matrix<float>& factor, std::span<float> values, std::size_t columns) const {
  const std::size_t width = power_ * columns;
  thread_local std::vector<float> from;
  from.assign(values.begin(), values.end());
  for (std::size_t i = 0; i < factor.rows(); ++i) {
    float* to = values.data() + i * width;
    for (std::size_t j = 0; j < factor.columns(); ++j) {
      const float weight = factor.row(i)[j];
      const float* x = from.data() + j * width;
      if (j == 0)
        for (std::size_t k = 0; k < width; ++k) to[k] = weight * x[k];
      else
        for (std::size_t k = 0; k < width; ++k) to[k] += weight * x[k];
    }
  }
}

void Rotation::change_signs(std::span<float> values, std::size_t columns) const {
  for (std::size_t i = 0; i < size(); ++i)
    for (std::size_t c = 0; c < columns; ++c) values[i * columns + c] *= signs_[i];
}

template <typename Body>
void Rotation::for_parts(std::span<float> values, std::size_t columns, const Body& body) const {
  const std::size_t part = size() * columns;
  assert(values.size() % part == 0);
  for (std::size_t first = 0; first < values.size(); first += part) body(values.subspan(first, part));
}

void Rotation::apply(std::span<float> values, std::size_t columns) const {
  for_parts(values, columns, [&](std::span<float> part) {
    change_signs(part, columns);
    hadamard(part, columns);
    mix(factor_, part, columns);
  });
}

void Rotation::undo(std::span<float> values, std::size_t columns) const {
  for_parts(values, columns, [&](std::span<float> part) {
    mix(factor_transposed_, part, columns);
    hadamard(part, columns);
    change_signs(part, columns);
  });
}

void Rotation::apply_rows(Matrix<float>& matrix, std::size_t columns) const {
  parallel_for(matrix.rows(), [&](std::size_t r) { apply({matrix.row(r), matrix.columns()}, columns); });
}

void Rotation::apply_columns(Matrix<float>& matrix) const {
  parallel_for((matrix.columns() + kColumns - 1) / kColumns, [&](std::size_t t) {
    const std::size_t first = t * kColumns, columns = std::min(kColumns, matrix.columns() - first);
    std::vector<float> values(size() * columns);
    for (std::size_t i = 0; i < size(); ++i) std::copy_n(matrix.row(i) + first, columns, &values[i * columns]);
    apply(values, columns);
    for (std::size_t i = 0; i < size(); ++i) std::copy_n(&values[i * columns], columns, matrix.row(i) + first);
  });
}

std::uint64_t Rotation::multiply_accumulates() const {
  return size() * (static_cast<std::uint64_t>(std::countr_zero(power_)) + factor_.rows() + 1);
}

}  // namespace snnsim::models
