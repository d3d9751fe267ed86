#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/matrix.hpp"

namespace snnsim {

/// Rows of a float matrix (out × in) wherever and in whatever format they are stored.
class FloatWeights {
 public:
  virtual ~FloatWeights() = default;
  virtual std::size_t out() const = 0;
  virtual std::size_t in() const = 0;
  /// Row i in fp32, written to values (in).
  virtual void read_row(std::size_t i, float* values) const = 0;
};

/// A matrix in memory.
class MatrixWeights final : public FloatWeights {
 public:
  explicit MatrixWeights(Matrix<float> values) : values_(std::move(values)) {}
  std::size_t out() const override { return values_.rows(); }
  std::size_t in() const override { return values_.columns(); }
  void read_row(std::size_t i, float* values) const override { std::copy_n(values_.row(i), in(), values); }
  const Matrix<float>& values() const { return values_; }

 private:
  Matrix<float> values_;
};

/// y[k] = W x[rows[k]] in fp32. Every output starts from 0 and takes the inputs in ascending order, each with one
/// rounding: sum = fma(weight, input, sum), whatever the instruction set, the batch of rows and the number of threads.
/// x: (· × at least in), y: (rows.size() × out), row k of y belongs to rows[k]; or, with `scatter`, row rows[k] of y.
enum class OutputRows { gathered, scattered };
void multiply(const FloatWeights& weights, const Matrix<float>& x, std::span<const std::uint32_t> rows,
              Matrix<float>& y, OutputRows placement);

}  // namespace snnsim
