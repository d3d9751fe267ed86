#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/parallel.hpp"
#include "models/llama/kernels.hpp"

/// Derivatives of the operators of a block, in reverse mode: from the gradient of a number by an operator's result to
/// that by its inputs. For any number type, so that they are tested against finite differences in double.
namespace snnsim::models {

/// y_i = γ_i x_i / r, r = sqrt(mean(x²) + ε). Adds to dx (width).
template <typename Real>
void add_rms_norm_gradient(std::span<const Real> x, std::span<const float> gain, Real epsilon, std::span<const Real> dy,
                           std::span<Real> dx) {
  Real squares = 0, along = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    squares += x[i] * x[i];
    along += dy[i] * gain[i] * x[i];
  }
  const Real width = static_cast<Real>(x.size());
  const Real inverse = 1 / std::sqrt(squares / width + epsilon);
  const Real share = along * inverse * inverse * inverse / width;
  for (std::size_t i = 0; i < x.size(); ++i) dx[i] += dy[i] * gain[i] * inverse - x[i] * share;
}

/// y_i = SiLU(gate_i) up_i. Writes dgate, dup (width).
template <typename Real>
void swiglu_gradient(std::span<const Real> gate, std::span<const Real> up, std::span<const Real> dy,
                     std::span<Real> dgate, std::span<Real> dup) {
  for (std::size_t i = 0; i < gate.size(); ++i) {
    const Real sigmoid = 1 / (1 + std::exp(-gate[i])), silu = gate[i] * sigmoid;
    dup[i] = dy[i] * silu;
    dgate[i] = dy[i] * up[i] * (sigmoid + silu * (1 - sigmoid));
  }
}

/// Causal attention of kernels.hpp. query, dy, dquery: (rows × heads * head_dim), row r being position first + r; key,
/// value: (first + rows × kv_heads * head_dim); dkey, dvalue: (rows × kv_heads * head_dim), since the first positions
/// are constants. Writes the last three.
template <typename Real>
void attention_gradient(const AttentionShape& shape, const Matrix<Real>& query, const Matrix<Real>& key,
                        const Matrix<Real>& value, const Matrix<Real>& dy, Matrix<Real>& dquery, Matrix<Real>& dkey,
                        Matrix<Real>& dvalue) {
  const std::size_t rows = query.rows(), first = key.rows() - rows, dim = shape.head_dim;
  const std::size_t sharing = shape.heads / shape.kv_heads;
  const Real scale = 1 / std::sqrt(static_cast<Real>(dim));
  dquery = Matrix<Real>(rows, query.columns());
  dkey = Matrix<Real>(rows, key.columns());
  dvalue = Matrix<Real>(rows, key.columns());
  const auto dot = [dim](const Real* a, const Real* b) {
    Real sum = 0;
    for (std::size_t d = 0; d < dim; ++d) sum += a[d] * b[d];
    return sum;
  };
  const auto add = [dim](Real factor, const Real* x, Real* y) {
    for (std::size_t d = 0; d < dim; ++d) y[d] += factor * x[d];
  };
  parallel_for(shape.kv_heads, [&](std::size_t group) {
    const std::size_t kv = group * dim;
    std::vector<Real> probability(key.rows()), slope(key.rows());
    for (std::size_t head = group * sharing; head < (group + 1) * sharing; ++head)
      for (std::size_t r = 0; r < rows; ++r) {
        const std::size_t seen = first + r + 1;
        const Real* q = query.row(r) + head * dim;
        const Real* out = dy.row(r) + head * dim;
        Real largest = dot(q, key.row(0) + kv), sum = 0, mean = 0;
        for (std::size_t j = 0; j < seen; ++j) largest = std::max(largest, probability[j] = dot(q, key.row(j) + kv));
        for (std::size_t j = 0; j < seen; ++j) sum += probability[j] = std::exp((probability[j] - largest) * scale);
        for (std::size_t j = 0; j < seen; ++j) {
          probability[j] /= sum;
          mean += probability[j] * (slope[j] = dot(out, value.row(j) + kv));
        }
        for (std::size_t j = 0; j < seen; ++j) {
          const Real dscore = probability[j] * (slope[j] - mean) * scale;
          add(dscore, key.row(j) + kv, dquery.row(r) + head * dim);
          if (j < first) continue;
          add(dscore, q, dkey.row(j - first) + kv);
          add(probability[j], out, dvalue.row(j - first) + kv);
        }
      }
  });
}

}  // namespace snnsim::models
