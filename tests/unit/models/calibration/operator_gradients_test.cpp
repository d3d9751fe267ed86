#include "models/calibration/operator_gradients.hpp"

#include <doctest/doctest.h>

#include "tests/support/finite_differences.hpp"
#include "tests/support/random.hpp"

namespace snnsim::models {
namespace {

std::vector<double> random_vector(std::size_t size, std::uint64_t seed) {
  tests::Random random{seed};
  std::vector<double> values(size);
  for (double& value : values) value = random.normal();
  return values;
}

Matrix<double> matrix_of(const double* values, std::size_t rows, std::size_t columns) {
  Matrix<double> matrix(rows, columns);
  std::copy_n(values, rows * columns, matrix.values().begin());
  return matrix;
}

}  // namespace

TEST_CASE("gradient of RMSNorm") {
  const std::vector<double> x = random_vector(7, 1), weight = random_vector(7, 2);
  std::vector<float> gain(7, 1.5F);
  gain[3] = -0.25F;
  const auto loss = [&](const std::vector<double>& at) {
    double squares = 0, sum = 0;
    for (const double v : at) squares += v * v;
    for (std::size_t i = 0; i < at.size(); ++i) sum += weight[i] * gain[i] * at[i] / std::sqrt(squares / 7 + 1e-2);
    return sum;
  };
  std::vector<double> dx(7, 1.0);  // what is there already stays
  add_rms_norm_gradient<double>(x, gain, 1e-2, weight, dx);
  for (double& d : dx) d -= 1;
  tests::check_gradient(loss, x, dx);
}

TEST_CASE("gradient of SwiGLU") {
  const std::vector<double> inputs = random_vector(10, 3), weight = random_vector(5, 4);
  const auto loss = [&](const std::vector<double>& at) {
    double sum = 0;
    for (std::size_t i = 0; i < 5; ++i) sum += weight[i] * at[i] / (1 + std::exp(-at[i])) * at[5 + i];
    return sum;
  };
  std::vector<double> gradient(10);
  const std::span<double> all(gradient);
  const std::span<const double> x(inputs);
  swiglu_gradient<double>(x.first(5), x.last(5), weight, all.first(5), all.last(5));
  tests::check_gradient(loss, inputs, gradient);
}

TEST_CASE("gradient of causal attention with shared keys and constant first positions") {
  const AttentionShape shape{4, 2, 3};
  const std::size_t rows = 4, first = 2, q = 12, kv = 6;
  const std::vector<double> before = random_vector(2 * first * kv, 5), weight = random_vector(rows * q, 6);
  const auto full = [&](const double* given, const double* rest) {
    Matrix<double> matrix(first + rows, kv);
    std::copy_n(given, first * kv, matrix.values().begin());
    std::copy_n(rest, rows * kv, matrix.row(first));
    return matrix;
  };
  const std::size_t k_at = rows * q, v_at = k_at + rows * kv;
  const auto loss = [&](const std::vector<double>& at) {
    const Matrix<double> key = full(before.data(), &at[k_at]), value = full(&before[first * kv], &at[v_at]);
    double sum = 0;
    for (std::size_t head = 0; head < 4; ++head)
      for (std::size_t r = 0; r < rows; ++r) {
        std::vector<double> score(first + r + 1);
        double total = 0;
        for (std::size_t j = 0; j < score.size(); ++j) {
          for (std::size_t d = 0; d < 3; ++d) score[j] += at[r * q + head * 3 + d] * key.row(j)[head / 2 * 3 + d];
          total += score[j] = std::exp(score[j] / std::sqrt(3.0));
        }
        for (std::size_t j = 0; j < score.size(); ++j)
          for (std::size_t d = 0; d < 3; ++d)
            sum += weight[r * q + head * 3 + d] * score[j] / total * value.row(j)[head / 2 * 3 + d];
      }
    return sum;
  };
  const std::vector<double> inputs = random_vector(v_at + rows * kv, 7);
  Matrix<double> dq, dk, dv;
  attention_gradient(shape, matrix_of(inputs.data(), rows, q), full(before.data(), &inputs[k_at]),
                     full(&before[first * kv], &inputs[v_at]), matrix_of(weight.data(), rows, q), dq, dk, dv);
  std::vector<double> gradient(dq.values().begin(), dq.values().end());
  for (const Matrix<double>* part : {&dk, &dv})
    gradient.insert(gradient.end(), part->values().begin(), part->values().end());
  tests::check_gradient(loss, inputs, gradient);
}

}  // namespace snnsim::models
