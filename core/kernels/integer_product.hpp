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

/// Products of some rows of a batch and the outputs of one tile; valid during the call that hands them on.
class ProductTile {
 public:
  std::size_t first_output = 0, outputs = 0;  // of the matrix; at most IntegerWeights::kTile
  std::size_t first = 0, end = 0;             // rows of the batch as they were given: whole sequences

  /// Those of row k: (outputs).
  const std::int32_t* row(std::size_t k) const {
    const std::size_t place = batch->place(k);
    return place < batch->dense_rows() ? dense + (place - first_dense) * IntegerWeights::kTile
                                       : listed + (place - first_listed) * list_stride;
  }

  const CountBatch* batch = nullptr;
  const std::int32_t *dense = nullptr, *listed = nullptr;
  std::size_t first_dense = 0, first_listed = 0, list_stride = 0;  // places of their first rows
};

/// Where products go. Called on several threads at a time; must not start parallel work itself.
class ProductSink {
 public:
  virtual ~ProductSink() = default;
  /// Each row and output once, in any order of tiles.
  virtual void take(const ProductTile& tile) = 0;
  /// Soon those of a row (CountBatch::Row::row) and the tile from an output on will be taken: a time to fetch, while
  /// the processor multiplies, the memory that they go to.
  virtual void expect(std::uint32_t /*row*/, std::size_t /*first_output*/) {}
};

/// Hands W counts[k] on, in int32.
void multiply(const IntegerWeights& weights, const CountBatch& batch, ProductSink& sink);

/// y[r][i] = scale[i] × (W counts[r])[i] for the rows of a batch. scale: (out); y: (· × out).
void multiply(const IntegerWeights& weights, const CountBatch& batch, std::span<const float> scale, Matrix<float>& y);

}  // namespace snnsim
