#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/matrix.hpp"

/// The floating-point operators of a LLaMA block, one row (token position) at a time or a few side by side. The dense
/// model, the QANN and the spiking network all call these very functions, so equal inputs give equal bits. Every output
/// element has one fixed order of operations, independent of batch, threads and instruction set.
namespace snnsim::models {

/// y_i = γ_i x_i / sqrt(mean(x²) + ε). x, gain, y: (width).
void rms_norm(std::span<const float> x, std::span<const float> gain, float epsilon, std::span<float> y);

/// y_i += bias_i. (width)
void add_bias(std::span<const float> bias, std::span<float> y);

/// y_i = SiLU(gate_i) * up_i, SiLU(g) = g / (1 + e^-g). y may be gate.
void swiglu(std::span<const float> gate, std::span<const float> up, std::span<float> y);

struct AttentionShape {
  std::size_t heads = 0, kv_heads = 0, head_dim = 0;
};

/// Causal attention with softmax(q k / sqrt(head_dim)): row k of y belongs to position rows[k] (rows ascending), which
/// attends to the positions 0..rows[k]. query: (positions × heads * head_dim); key, value: (positions × kv_heads *
/// head_dim); y: scattered, row rows[k] is written.
void attention(const AttentionShape& shape, const Matrix<float>& query, const Matrix<float>& key,
               const Matrix<float>& value, std::span<const std::uint32_t> rows, Matrix<float>& y);

/// The two halves of attention(), for what comes between them. Probabilities are (positions × heads * keys), keys >=
/// positions: of each head those of all keys, 0 behind the row's own position. Without anything between them the result
/// has the bits of attention().
void attention_probabilities(const AttentionShape& shape, const Matrix<float>& query, const Matrix<float>& key,
                             std::span<const std::uint32_t> rows, Matrix<float>& probabilities);
void weigh_values(const AttentionShape& shape, const Matrix<float>& probabilities, const Matrix<float>& value,
                  std::span<const std::uint32_t> rows, Matrix<float>& y);

/// e^x of every element, as the operators use it.
void exponential(std::span<const float> x, std::span<float> y);

}  // namespace snnsim::models
