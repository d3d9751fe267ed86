#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/matrix.hpp"
#include "core/operation_count.hpp"
#include "core/parallel.hpp"

namespace snnsim {

/// A temporal-difference operator (method.md section 3): a pure function of the cumulative values of its inputs. What
/// it "emits" at a step is the difference of two evaluations, so nothing is accumulated in floating point.
class Operator {
 public:
  virtual ~Operator() = default;

  /// Values per token position.
  virtual std::size_t width() const = 0;
  /// Writes rows `rows` (ascending) of y from the inputs' matrices (positions × their width).
  virtual void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                        Matrix<float>& y) const = 0;
  /// True if row i of y depends on the rows 0..i of the input in `slot` (attention), not only on row i.
  virtual bool reads_earlier_positions(std::size_t /*slot*/) const { return false; }
  /// Work of evaluating the row of `position`.
  virtual AnalogCount count(std::size_t position) const = 0;
};

/// y = a + b + c + ..., added from left to right: the residual stream, or all that drives a population.
class Sum final : public Operator {
 public:
  explicit Sum(std::size_t width, std::size_t inputs = 2) : width_(width), inputs_(inputs) {}
  std::size_t width() const override { return width_; }
  void evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                Matrix<float>& y) const override {
    parallel_for(
        rows.size(), [&](std::size_t k) { add(inputs, rows[k], y.row(rows[k])); }, kGrain);
  }
  AnalogCount count(std::size_t) const override { return {.multiply_accumulates = (inputs_ - 1) * width_}; }

 private:
  static constexpr std::size_t kGrain = 16;  // rows of a task

  void add(std::span<const Matrix<float>* const> inputs, std::uint32_t row, float* y) const {
    const float* a = inputs[0]->row(row);
    const float* b = inputs[1]->row(row);
    for (std::size_t i = 0; i < width_; ++i) y[i] = a[i] + b[i];
    for (const Matrix<float>* more : inputs.subspan(2))
      for (std::size_t i = 0; i < width_; ++i) y[i] += more->row(row)[i];
  }

  std::size_t width_, inputs_;  // at least two inputs
};

}  // namespace snnsim
