#include "core/kernels/integer_product.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <cstring>

#include "core/parallel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/kernels/integer_product.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Wide = hn::CappedTag<std::int32_t, IntegerWeights::kTile>;
using Pairs = hn::Repartition<std::int16_t, Wide>;
using Bytes = hn::Rebind<std::int8_t, Pairs>;
constexpr std::size_t kTile = IntegerWeights::kTile;
constexpr std::size_t kVectors = kTile / hn::MaxLanes(Wide());

/// sum + w0*c0 + w1*c1 for each output of a vector.
HWY_INLINE hn::Vec<Wide> add_pair(hn::Vec<Wide> sum, const std::int8_t* weights, std::int32_t pair) {
  hn::Vec<Wide> unused = hn::Zero(Wide());
  const auto w = hn::PromoteTo(Pairs(), hn::LoadU(Bytes(), weights));
  const auto c = hn::BitCast(Pairs(), hn::Set(Wide(), pair));
  sum = hn::ReorderWidenMulAccumulate(Wide(), w, c, sum, unused);
  return hn::RearrangeToOddPlusEven(sum, unused);
}

/// One row, only the listed pairs of inputs.
void sparse_tile(const std::int8_t* tile, const std::int32_t* counts, const std::uint32_t* pairs, std::size_t n,
                 std::int32_t* sums) {
  constexpr std::size_t lanes = hn::MaxLanes(Wide());
  hn::Vec<Wide> even[kVectors], odd[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) even[v] = hn::LoadU(Wide(), sums + v * lanes);
  for (std::size_t v = 0; v < kVectors; ++v) odd[v] = hn::Zero(Wide());
  std::size_t k = 0;
  for (; k + 1 < n; k += 2) {  // two independent chains hide the latency of the multiply-add
    const std::size_t a = pairs[k], b = pairs[k + 1];
    for (std::size_t v = 0; v < kVectors; ++v) {
      even[v] = add_pair(even[v], tile + a * 2 * kTile + v * 2 * lanes, counts[a]);
      odd[v] = add_pair(odd[v], tile + b * 2 * kTile + v * 2 * lanes, counts[b]);
    }
  }
  if (k < n) {
    for (std::size_t v = 0; v < kVectors; ++v)
      even[v] = add_pair(even[v], tile + pairs[k] * std::size_t{2} * kTile + v * 2 * lanes, counts[pairs[k]]);
  }
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(hn::Add(even[v], odd[v]), Wide(), sums + v * lanes);
}

/// R rows share every load of a weight.
template <std::size_t R>
void dense_rows(const std::int8_t* tile, std::size_t pairs, const std::int32_t* const* counts,
                std::int32_t* const* sums) {
  constexpr std::size_t lanes = hn::MaxLanes(Wide());
  constexpr std::size_t group = kVectors < 2 ? kVectors : 2;  // vectors of a pass: 2 × R accumulators stay in registers
  for (std::size_t first = 0; first < kVectors; first += group) {
    hn::Vec<Wide> sum[R][group];
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t v = 0; v < group; ++v) sum[r][v] = hn::LoadU(Wide(), sums[r] + (first + v) * lanes);
    for (std::size_t j = 0; j < pairs; ++j) {
      hn::Vec<Pairs> w[group];
      for (std::size_t v = 0; v < group; ++v)
        w[v] = hn::PromoteTo(Pairs(), hn::LoadU(Bytes(), tile + j * 2 * kTile + (first + v) * 2 * lanes));
      for (std::size_t r = 0; r < R; ++r) {
        const auto c = hn::BitCast(Pairs(), hn::Set(Wide(), counts[r][j]));
        for (std::size_t v = 0; v < group; ++v) {
          hn::Vec<Wide> unused = hn::Zero(Wide());
          sum[r][v] = hn::ReorderWidenMulAccumulate(Wide(), w[v], c, sum[r][v], unused);
          sum[r][v] = hn::RearrangeToOddPlusEven(sum[r][v], unused);
        }
      }
    }
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t v = 0; v < group; ++v) hn::StoreU(sum[r][v], Wide(), sums[r] + (first + v) * lanes);
  }
}

void dense_tile(const std::int8_t* tile, std::size_t pairs, const std::int32_t* const* counts,
                std::int32_t* const* sums, std::size_t rows) {
  std::size_t r = 0;
  for (; r + 8 <= rows; r += 8) dense_rows<8>(tile, pairs, counts + r, sums + r);
  for (; r + 4 <= rows; r += 4) dense_rows<4>(tile, pairs, counts + r, sums + r);
  for (; r < rows; ++r) dense_rows<1>(tile, pairs, counts + r, sums + r);
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(sparse_tile);
HWY_EXPORT(dense_tile);

namespace {

constexpr std::size_t kRowBlock = 16;
// Below this share of nonzero pairs, one row's own weight columns cost less than a dense pass shared by eight rows.
constexpr double kSparseBelow = 0.15;

/// The rows of one block: their counts as pairs, and which pairs are nonzero.
struct RowBlock {
  std::size_t rows = 0;
  std::array<const std::int32_t*, kRowBlock> counts{};
  std::array<std::size_t, kRowBlock> row{};
  std::vector<std::uint32_t> nonzero;                   // pair numbers, row after row
  std::array<std::size_t, kRowBlock + 1> nonzero_of{};  // row r owns [nonzero_of[r], nonzero_of[r + 1])
  bool sparse = false;
};

RowBlock make_block(const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows, std::size_t pairs) {
  RowBlock block;
  block.rows = rows.size();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    block.row[r] = rows[r];
    block.counts[r] = reinterpret_cast<const std::int32_t*>(counts.row(rows[r]));
    for (std::size_t j = 0; j < pairs; ++j)
      if (block.counts[r][j] != 0) block.nonzero.push_back(static_cast<std::uint32_t>(j));
    block.nonzero_of[r + 1] = block.nonzero.size();
  }
  block.sparse = static_cast<double>(block.nonzero.size()) < kSparseBelow * static_cast<double>(rows.size() * pairs);
  return block;
}

void add_tile(const IntegerWeights& weights, const RowBlock& block, std::size_t t, Matrix<std::int32_t>& accumulators) {
  std::array<std::int32_t*, kRowBlock> sums{};
  for (std::size_t r = 0; r < block.rows; ++r) sums[r] = accumulators.row(block.row[r]) + t * IntegerWeights::kTile;
  if (!block.sparse) {
    HWY_DYNAMIC_DISPATCH(dense_tile)
    (weights.tile(t), weights.pairs(), block.counts.data(), sums.data(), block.rows);
    return;
  }
  for (std::size_t r = 0; r < block.rows; ++r) {
    const std::size_t first = block.nonzero_of[r], n = block.nonzero_of[r + 1] - first;
    if (n > 0)
      HWY_DYNAMIC_DISPATCH(sparse_tile)(weights.tile(t), block.counts[r], block.nonzero.data() + first, n, sums[r]);
  }
}

}  // namespace

IntegerWeights::IntegerWeights(std::size_t out, std::size_t in, std::span<const std::int8_t> weights)
    : out_(out), in_(in), packed_(tiles() * pairs() * kTile * 2, 0), row_sums_(out, 0) {
  assert(weights.size() == out * in);
  for (std::size_t i = 0; i < out; ++i) {
    std::int64_t magnitude = 0;
    std::int8_t* tile = packed_.data() + i / kTile * pairs() * kTile * 2;
    for (std::size_t j = 0; j < in; ++j) {
      const std::int8_t w = weights[i * in + j];
      tile[(j / 2 * kTile + i % kTile) * 2 + j % 2] = w;
      row_sums_[i] += w;
      magnitude += std::abs(static_cast<int>(w));
    }
    max_row_magnitude_ = std::max(max_row_magnitude_, magnitude);
  }
}

void accumulate(const IntegerWeights& weights, const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                Matrix<std::int32_t>& accumulators) {
  assert(counts.columns() == padded_inputs(weights.in()) && accumulators.columns() == padded_outputs(weights.out()));
  const std::size_t blocks = (rows.size() + kRowBlock - 1) / kRowBlock;
  std::vector<RowBlock> prepared(blocks);
  parallel_for(blocks, [&](std::size_t b) {
    const std::size_t first = b * kRowBlock;
    prepared[b] = make_block(counts, rows.subspan(first, std::min(kRowBlock, rows.size() - first)), weights.pairs());
  });
  // Tile-major, so that the rows of all blocks meet a weight tile while it is in cache.
  parallel_for(weights.tiles(), [&](std::size_t t) {
    for (const RowBlock& block : prepared) add_tile(weights, block, t, accumulators);
  });
}

}  // namespace snnsim
#endif  // HWY_ONCE
