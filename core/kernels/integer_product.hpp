#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/kernels/count_batch.hpp"
#include "core/kernels/integer_weights.hpp"
#include "core/matrix.hpp"

namespace snnsim {

/// accumulators[r] += W counts[r] for the rows of a batch, in int32: exact, so any order and kernel gives the same.
/// batch.columns() is padded_inputs(in); accumulators: (· × padded_outputs(out)).
void accumulate(const IntegerWeights& weights, const CountBatch& batch, Matrix<std::int32_t>& accumulators);
void accumulate(const IntegerWeights& weights, const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                Matrix<std::int32_t>& accumulators);

/// products[r] = W counts[r] for the rows of a batch, in int32; products: (· × padded_outputs(out)).
void multiply(const IntegerWeights& weights, const CountBatch& batch, Matrix<std::int32_t>& products);

/// y[r][i] = scale[i] × (W counts[r])[i] for the rows of a batch. scale: (out); y: (· × out).
void multiply(const IntegerWeights& weights, const CountBatch& batch, std::span<const float> scale, Matrix<float>& y);

}  // namespace snnsim
