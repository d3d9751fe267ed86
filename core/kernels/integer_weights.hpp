#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/huge_page_allocator.hpp"
#include "core/kernels/tile_kernels.hpp"

namespace snnsim {

/// Integer weights of a projection (out × in), laid out for accumulate(): tiles of 64 outputs, and in a tile one column
/// per input. Missing rows and columns are weight 0. Inside a column the outputs are permuted so that interleaving four
/// columns within 16-byte blocks, which is all that every instruction set can do in one instruction, leaves the four
/// weights of each output side by side and the outputs in order. A column of n bits holds weight + 2^(n-1) in planes,
/// one behind the other, the low bits first: 3 bits are a plane of 2 and one of 1, 6 bits one of 4 and one of 2. A
/// plane of b bits has 8 b bytes; place p is in byte p mod 8 b, as the bits from b (p / 8 b) on.
class IntegerWeights {
 public:
  static constexpr std::size_t kTile = 64;  // outputs of a tile
  static constexpr std::size_t kQuad = 4;   // inputs that kernels take together

  /// weights: (out × in), row-major; they take their working_format(). Σ_in |w| × the largest possible count must stay
  /// below 2^31: the caller proves it with max_row_magnitude().
  IntegerWeights(std::size_t out, std::size_t in, std::span<const std::int8_t> weights);
  /// The same from the packed() of such weights, packed_bytes() many at a multiple of alignment(), e.g. in a mapped
  /// file. They are not copied: `storage` keeps them.
  IntegerWeights(std::size_t out, std::size_t in, WeightFormat format, const std::uint8_t* packed,
                 std::shared_ptr<const void> storage);
  /// The same in a format that holds every weight.
  IntegerWeights repacked(WeightFormat format) const;

  /// The fewest bits that hold every weight.
  WeightFormat narrowest_format() const;
  /// What kernels read best: `narrowest` where that many weights come from memory. In cache, half bytes and bytes are
  /// sooner unpacked than what lies between.
  static WeightFormat working_format(std::size_t out, std::size_t in, WeightFormat narrowest);
  /// Of the first of packed bytes.
  static std::size_t alignment(WeightFormat format) { return format == WeightFormat::three_bits ? 1 : 64; }
  static std::size_t packed_bytes(std::size_t out, std::size_t in, WeightFormat format);
  /// Of the copy that interleaved() gives; 0 without one.
  static std::size_t interleaved_bytes(std::size_t out, std::size_t in) {
    return cached(out, in) ? packed_bytes(out, in, WeightFormat::bytes) : 0;
  }
  /// Whether a matrix is likely to be in the second-level cache when it is met again.
  static bool cached(std::size_t out, std::size_t in) { return out * in <= kCachedWeights; }
  std::size_t out() const { return out_; }
  std::size_t in() const { return in_; }
  std::size_t columns() const { return (in_ + kQuad - 1) / kQuad * kQuad; }
  std::size_t tiles() const { return (out_ + kTile - 1) / kTile; }
  WeightFormat format() const { return format_; }
  std::size_t column_bytes() const { return snnsim::column_bytes(format_); }
  std::size_t bytes() const { return packed_bytes(out_, in_, format_); }
  /// All tiles: (tiles, columns, column_bytes).
  std::span<const std::uint8_t> packed() const { return {tile(0), bytes()}; }
  /// (columns, column_bytes) of tile t.
  const std::uint8_t* tile(std::size_t t) const {
    return (mapped_ != nullptr ? mapped_ : packed_.data()) + t * columns() * column_bytes();
  }
  /// The tile as panels read it (interleaved_place()), weight + stored_bias(): of a matrix that is likely to be in
  /// cache, where a second copy costs little and making it for few rows much; null for others.
  const std::uint8_t* interleaved(std::size_t t) const {
    return interleaved_.empty() ? nullptr : interleaved_.data() + t * columns() * kTile;
  }
  std::int8_t weight(std::size_t i, std::size_t j) const;
  /// Σ_j w_ij of every output: what one unit of constant offset in all inputs adds.
  std::span<const std::int32_t> row_sums() const { return row_sums_; }
  /// max_i Σ_j |w_ij|.
  std::int64_t max_row_magnitude() const { return max_row_magnitude_; }

 private:
  /// Where a column keeps output 16 k + 4 l + i of its tile: at byte 16 l + 4 k + i.
  static constexpr std::size_t place(std::size_t output) { return output / 4 % 4 * 16 + output / 16 * 4 + output % 4; }
  IntegerWeights(std::size_t out, std::size_t in, WeightFormat format);  // zeros
  void set(std::size_t i, std::size_t j, std::int8_t weight);
  void sum_rows();
  void interleave();

  std::size_t out_, in_;
  WeightFormat format_;
  std::vector<std::uint8_t, HugePageAllocator<std::uint8_t>> packed_;  // empty: they are mapped
  std::vector<std::uint8_t, HugePageAllocator<std::uint8_t>> interleaved_;
  const std::uint8_t* mapped_ = nullptr;
  std::shared_ptr<const void> storage_;
  std::vector<std::int32_t> row_sums_;
  std::int64_t max_row_magnitude_ = 0;
};

/// Columns that a matrix of counts for `in` inputs needs: whole quads.
inline std::size_t padded_inputs(std::size_t in) {
  return (in + IntegerWeights::kQuad - 1) / IntegerWeights::kQuad * IntegerWeights::kQuad;
}
/// Columns that a matrix of accumulators for `out` outputs needs: whole tiles.
inline std::size_t padded_outputs(std::size_t out) {
  return (out + IntegerWeights::kTile - 1) / IntegerWeights::kTile * IntegerWeights::kTile;
}

}  // namespace snnsim
