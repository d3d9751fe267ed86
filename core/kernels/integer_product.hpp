#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix.hpp"

namespace snnsim {

/// Integer weights of a projection (out × in), laid out for accumulate(): tiles of 32 outputs; inside a tile, for each
/// pair of inputs, the two weights of each output side by side. Missing rows and columns are zero.
class IntegerWeights {
 public:
  static constexpr std::size_t kTile = 32;  // outputs of a tile

  /// weights: (out × in), row-major. Σ_in |w| × the largest possible count must stay below 2^31: the caller proves it
  /// with max_row_magnitude().
  IntegerWeights(std::size_t out, std::size_t in, std::span<const std::int8_t> weights);

  std::size_t out() const { return out_; }
  std::size_t in() const { return in_; }
  std::size_t pairs() const { return (in_ + 1) / 2; }
  std::size_t tiles() const { return (out_ + kTile - 1) / kTile; }
  /// (pairs, kTile, 2) of tile t.
  const std::int8_t* tile(std::size_t t) const { return packed_.data() + t * pairs() * kTile * 2; }
  std::int8_t weight(std::size_t i, std::size_t j) const {
    return tile(i / kTile)[(j / 2 * kTile + i % kTile) * 2 + j % 2];
  }
  /// Σ_j w_ij of every output: what one unit of constant offset in all inputs adds.
  std::span<const std::int32_t> row_sums() const { return row_sums_; }
  /// max_i Σ_j |w_ij|.
  std::int64_t max_row_magnitude() const { return max_row_magnitude_; }

 private:
  std::size_t out_, in_;
  std::vector<std::int8_t> packed_;  // (tiles, pairs, kTile, 2)
  std::vector<std::int32_t> row_sums_;
  std::int64_t max_row_magnitude_ = 0;
};

/// Columns that a matrix of counts for `in` inputs needs: an even number.
inline std::size_t padded_inputs(std::size_t in) {
  return in + in % 2;
}
/// Columns that a matrix of accumulators for `out` outputs needs: whole tiles.
inline std::size_t padded_outputs(std::size_t out) {
  return (out + IntegerWeights::kTile - 1) / IntegerWeights::kTile * IntegerWeights::kTile;
}

/// accumulators[r] += W counts[r] for the listed rows r, in int32: exact, so any order and kernel gives the same.
/// counts: (· × padded_inputs(in)), accumulators: (· × padded_outputs(out)). The kernel is chosen row block by row
/// block: sparse (only the weight columns of inputs that fired) or dense (a weight tile shared by several rows).
void accumulate(const IntegerWeights& weights, const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                Matrix<std::int32_t>& accumulators);

}  // namespace snnsim
