#pragma once

#include <cstdint>
#include <span>

#include "core/kernels/sparse_weights.hpp"
#include "core/matrix.hpp"

namespace snnsim {

/// accumulators[targets[k]] += W counts[rows[k]] in int32: exact, so any order and any number of threads gives the
/// same. counts: (· × at least in); accumulators: (· × at least out).
void accumulate(const SparseWeights& weights, const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                std::span<const std::uint32_t> targets, Matrix<std::int32_t>& accumulators);

}  // namespace snnsim
