#include "models/llama/operators.hpp"

#include <algorithm>

#include "core/parallel.hpp"

namespace snnsim::models {

namespace {
constexpr std::size_t kGrain = 8;  // rows of a task
}

void RmsNormOperator::evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                               Matrix<float>& y) const {
  parallel_for(
      rows.size(),
      [&](std::size_t k) {
        rms_norm({inputs[0]->row(rows[k]), width()}, gain_, epsilon_, {y.row(rows[k]), width()});
      },
      kGrain);
}

AnalogCount RmsNormOperator::count(std::size_t) const {
  return {.multiply_accumulates = 3 * width(), .exponentials = 0, .divisions = 1};
}

void RopeOperator::evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                            Matrix<float>& y) const {
  parallel_for(
      rows.size(),
      [&](std::size_t k) {
        std::copy_n(inputs[0]->row(rows[k]), width_, y.row(rows[k]));
        rope_->apply(rows[k], {y.row(rows[k]), width_});
      },
      kGrain);
}

AnalogCount RopeOperator::count(std::size_t) const {
  return {.multiply_accumulates = 2 * width_};
}

void RotationOperator::evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                                Matrix<float>& y) const {
  parallel_for(
      rows.size(),
      [&](std::size_t k) {
        const std::span<float> row(y.row(rows[k]), width_);
        std::copy_n(inputs[0]->row(rows[k]), width_, row.begin());
        direction_ == Direction::apply ? rotation_.apply(row, columns_) : rotation_.undo(row, columns_);
      },
      kGrain);
}

AnalogCount RotationOperator::count(std::size_t) const {
  return {.multiply_accumulates = width_ / rotation_.size() * rotation_.multiply_accumulates()};
}

void BiasOperator::evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                            Matrix<float>& y) const {
  parallel_for(
      rows.size(),
      [&](std::size_t k) {
        std::copy_n(inputs[0]->row(rows[k]), width(), y.row(rows[k]));
        add_bias(bias_, {y.row(rows[k]), width()});
      },
      kGrain);
}

AnalogCount BiasOperator::count(std::size_t) const {
  return {.multiply_accumulates = width()};
}

AnalogCount AttentionOperator::count(std::size_t position) const {
  const std::uint64_t scores = shape_.heads * (position + 1);
  return {.multiply_accumulates = 2 * scores * shape_.head_dim, .exponentials = scores, .divisions = scores};
}

AnalogCount AttentionProbabilities::count(std::size_t position) const {
  const std::uint64_t scores = shape_.heads * (position + 1);
  return {.multiply_accumulates = scores * shape_.head_dim, .exponentials = scores, .divisions = scores};
}

AnalogCount WeighedValues::count(std::size_t position) const {
  return {.multiply_accumulates = shape_.heads * (position + 1) * shape_.head_dim};
}

void SwiGluOperator::evaluate(std::span<const Matrix<float>* const> inputs, std::span<const std::uint32_t> rows,
                              Matrix<float>& y) const {
  parallel_for(
      rows.size(),
      [&](std::size_t k) {
        swiglu({inputs[0]->row(rows[k]), width_}, {inputs[1]->row(rows[k]), width_}, {y.row(rows[k]), width_});
      },
      kGrain);
}

AnalogCount SwiGluOperator::count(std::size_t) const {
  return {.multiply_accumulates = 2 * width_, .exponentials = width_, .divisions = width_};
}

}  // namespace snnsim::models
