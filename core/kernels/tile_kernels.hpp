#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// Products of one weight tile (IntegerWeights: 64 outputs) in exact 32-bit arithmetic, compiled for every instruction
/// set and chosen when the program starts. Counts meet weights that are stored stored_bias() too high, so a kernel also
/// takes what makes up for it, -stored_bias() × the sum of a row's counts, and adds it to the row's sums.
namespace snnsim {

/// How counts are packed: four small ones to 32 bits, or pairs {c0, c2}, {c1, c3} of 16 bits.
enum class CountFormat : std::uint8_t { bytes, words };

/// Bits that a stored weight takes (see IntegerWeights).
enum class WeightFormat : std::uint8_t { two_bits = 2, three_bits = 3, nibbles = 4, six_bits = 6, bytes = 8 };
/// The narrowest that holds signed weights of so many bits, 2..8.
constexpr WeightFormat format_for(int bits) {
  return static_cast<WeightFormat>(bits == 5 || bits == 7 ? bits + 1 : bits);
}
/// Bytes of a tile's weights for one input.
constexpr std::size_t column_bytes(WeightFormat format) {
  return 8 * static_cast<std::size_t>(format);
}
/// What is added to a weight where it is stored.
constexpr std::int32_t stored_bias(WeightFormat format) {
  return std::int32_t{1} << (static_cast<int>(format) - 1);
}

/// Weights, a byte each, of a matrix that is likely to be in the second-level cache when it is met again.
inline constexpr std::size_t kCachedWeights = std::size_t{1} << 20;

/// What the running processor prefers.
struct KernelShape {
  std::size_t panel_rows = 0;   // most rows that share a load of weights
  std::int32_t byte_limit = 0;  // CountFormat::bytes takes counts of -limit to limit - 1; 0: none
};
KernelShape kernel_shape();

/// What a row of counts holds.
struct CountSurvey {
  std::size_t nonzero = 0;
  std::int32_t low = 0, high = 0;  // least and greatest count, 0 included
  std::int64_t sum = 0;
};
CountSurvey survey_counts(const std::int16_t* counts, std::size_t n);

/// The counts of one row minus `shift`, as row `r` of a panel of `rows` rows: (quads, rows, 1 or 2).
void pack_panel_row(CountFormat format, const std::int16_t* counts, std::size_t quads, std::int32_t shift,
                    std::size_t r, std::size_t rows, std::int32_t* panel);
/// The nonzero counts of one row and their inputs, padded with zero counts of input 0 to the whole quads that `inputs`
/// has room for. packed: (quads, 1 or 2).
void pack_list(CountFormat format, const std::int16_t* counts, std::size_t n, std::span<std::uint32_t> inputs,
               std::int32_t* packed);

/// Most inputs of a block of weights: with a panel of counts it fits the first-level cache.
inline constexpr std::size_t kBlockInputs = 512;

/// Weights in the order in which panels read them, a byte each: (2, quads, 32 outputs, 4 inputs) of a tile or a block.
inline constexpr std::size_t kHalfTile = 32, kHalfQuadBytes = 4 * kHalfTile;
/// Where those of an output and a quad begin, with `half` bytes from one half of a tile to the other.
constexpr std::size_t interleaved_place(std::size_t output, std::size_t quad, std::size_t half) {
  return output / kHalfTile * half + quad * kHalfQuadBytes + output % kHalfTile * 4;
}

/// Some quads of columns of a tile for panels.
struct WeightBlock {
  WeightFormat format = WeightFormat::bytes;
  std::size_t quads = 0;
  const std::uint8_t* interleaved = nullptr;
  std::size_t half = 0;                   // bytes between its halves
  const std::uint8_t* columns = nullptr;  // not null: `interleaved` is made of them first, in `made`, which is there
  std::uint8_t* made = nullptr;
};

/// What is needed soon and brought into cache meanwhile: a line, or two if `step` is longer, `step` bytes from one quad
/// to the next, twice through a panel.
struct Ahead {
  const std::uint8_t* first = nullptr;
  std::size_t step = 0;
};

/// What a panel adds the products of a block to: a bias for each row, or (rows, 64) sums of blocks before; and where
/// the 64 sums of each row go, in whose place they are put or to which they are added.
struct PanelSums {
  const std::int32_t *bias = nullptr, *before = nullptr;
  std::int32_t* const* to = nullptr;
  bool add = false;
};

/// The block × the rows of a panel, rows <= panel_rows.
void dense_panel(CountFormat format, const WeightBlock& block, const std::int32_t* panel, std::size_t rows,
                 const PanelSums& sums, Ahead ahead);

/// Tiles one behind the other.
struct Tiles {
  const std::uint8_t* first = nullptr;
  std::size_t bytes = 0, count = 0;  // of a tile; how many
  bool cached = false;               // nothing is to be fetched ahead
};
/// sums[0..63] of each tile, one behind the other, += bias + the listed columns × their counts.
void sparse_list(WeightFormat weights, CountFormat format, const Tiles& tiles, const std::uint32_t* inputs,
                 const std::int32_t* packed, std::size_t quads, std::int32_t bias, std::int32_t* sums);

/// y[i] = scale[i] * sums[i].
void scale_sums(const std::int32_t* sums, const float* scale, std::size_t n, float* y);

}  // namespace snnsim
