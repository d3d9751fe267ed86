// The operators of the spiking graph are the kernels of the dense model, row by row.
#include "models/llama/operators.hpp"

#include <algorithm>
#include <array>

#include <doctest/doctest.h>

#include "models/llama/dense_model.hpp"
#include "tests/support/random.hpp"

namespace snnsim::models {
namespace {

Matrix<float> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  tests::Random random{seed};
  Matrix<float> m(rows, columns);
  for (float& v : m.values()) v = random.normal();
  return m;
}

std::span<const float> row(const Matrix<float>& m, std::size_t r) {
  return {m.row(r), m.columns()};
}

/// Evaluates rows 1 and 3 of 5; the others must stay as they were.
Matrix<float> evaluated(const Operator& op, std::initializer_list<const Matrix<float>*> inputs) {
  const std::vector<const Matrix<float>*> list = inputs;
  const std::array<std::uint32_t, 2> rows{1, 3};
  Matrix<float> y(5, op.width(), -7.0F);
  op.evaluate(list, rows, y);
  for (const std::size_t r : {0, 2, 4}) CHECK(std::ranges::count(row(y, r), -7.0F) == std::ptrdiff_t(op.width()));
  return y;
}

void check_rows(const Matrix<float>& y, const std::function<std::vector<float>(std::size_t)>& expected) {
  for (const std::size_t r : {1, 3}) CHECK(std::ranges::equal(row(y, r), expected(r)));
}

}  // namespace

TEST_CASE("RmsNormOperator") {
  const std::vector<float> gain{1, 2, 3, 4};
  const RmsNormOperator op(gain, 1e-5F);
  const Matrix<float> x = random_matrix(5, 4, 28);
  check_rows(evaluated(op, {&x}), [&](std::size_t r) {
    std::vector<float> y(4);
    rms_norm(row(x, r), gain, 1e-5F, y);
    return y;
  });
  CHECK(op.count(9) == AnalogCount{.multiply_accumulates = 12, .exponentials = 0, .divisions = 1});
}

TEST_CASE("RopeOperator turns by the row's own position") {
  const auto rope = std::make_shared<const Rope>(LlamaConfig{.head_dim = 4});
  const RopeOperator op(rope, 8);
  const Matrix<float> x = random_matrix(5, 8, 29);
  check_rows(evaluated(op, {&x}), [&](std::size_t r) {
    std::vector<float> y(x.row(r), x.row(r) + 8);
    rope->apply(r, y);
    return y;
  });
  CHECK(op.count(9) == AnalogCount{.multiply_accumulates = 16});
}

TEST_CASE("SwiGluOperator") {
  const SwiGluOperator op(9);
  const Matrix<float> gate = random_matrix(5, 9, 30), up = random_matrix(5, 9, 31);
  check_rows(evaluated(op, {&gate, &up}), [&](std::size_t r) {
    std::vector<float> y(9);
    swiglu(row(gate, r), row(up, r), y);
    return y;
  });
  CHECK(op.count(9) == AnalogCount{.multiply_accumulates = 18, .exponentials = 9, .divisions = 9});
}

TEST_CASE("AttentionOperator looks back through keys and values, not through queries") {
  const AttentionShape shape{2, 1, 4};
  const AttentionOperator op(shape);
  const Matrix<float> q = random_matrix(5, 8, 32), k = random_matrix(5, 4, 33), v = random_matrix(5, 4, 34);
  Matrix<float> all(5, 8);
  attention(shape, q, k, v, row_range(0, 5), all);
  check_rows(evaluated(op, {&q, &k, &v}),
             [&](std::size_t r) { return std::vector<float>(all.row(r), all.row(r) + 8); });
  CHECK_FALSE(op.reads_earlier_positions(0));
  CHECK(op.reads_earlier_positions(1));
  CHECK(op.reads_earlier_positions(2));
  CHECK(op.count(9) == AnalogCount{.multiply_accumulates = 2 * 20 * 4, .exponentials = 20, .divisions = 20});
}

}  // namespace snnsim::models
