#include "core/kernels/integer_product.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/parallel.hpp"

namespace snnsim {

namespace {

constexpr std::size_t kTile = IntegerWeights::kTile;
constexpr std::size_t kBlockQuads = kBlockInputs / IntegerWeights::kQuad;
constexpr std::size_t kMostRows = 16;        // of a panel, on any processor
constexpr std::size_t kGroupRows = 512;      // their sums and counts stay in the second-level cache
constexpr std::size_t kLeastTasks = 16;      // so that cores get nearly equal shares
constexpr std::size_t kLeastGroupRows = 48;  // reordering a tile for fewer would show

/// Part of a batch: the panels and lists that one task takes through a tile.
struct Share {
  std::span<const CountBatch::Panel> panels;
  std::span<const CountBatch::List> lists;
};

std::size_t count_groups(std::size_t rows, std::size_t tiles) {
  const auto ceil = [](std::size_t a, std::size_t b) { return (a + b - 1) / b; };
  return std::max(ceil(rows, kGroupRows), std::min(ceil(kLeastTasks, tiles), ceil(rows, kLeastGroupRows)));
}

Share share_of(const CountBatch& batch, std::size_t group, std::size_t groups) {
  const auto part = [&]<typename T>(std::span<const T> all) {
    const std::size_t first = all.size() * group / groups;
    return all.subspan(first, all.size() * (group + 1) / groups - first);
  };
  return {part(batch.panels()), part(batch.lists())};
}

/// sums_of(row) gives the 64 sums of a row of the batch.
template <typename SumsOf>
void add_panels(const IntegerWeights& weights, const CountBatch& batch, std::span<const CountBatch::Panel> panels,
                std::size_t t, const SumsOf& sums_of) {
  static constexpr std::array<std::int32_t, kMostRows> no_bias{};
  alignas(64) thread_local std::array<std::uint8_t, kBlockInputs * kTile> block;
  const std::size_t quads = batch.columns() / IntegerWeights::kQuad;
  for (std::size_t q = 0; q < quads; q += kBlockQuads) {
    const std::size_t n = std::min(kBlockQuads, quads - q);
    const std::uint8_t* columns = weights.tile(t) + q * IntegerWeights::kQuad * weights.column_bytes();
    interleave_block(weights.format(), columns, n, block.data());
    const std::uint8_t* ahead = columns + kBlockInputs * weights.column_bytes();
    const std::size_t fetching = weights.column_bytes() / 32;  // panels that bring the next block, 32 bytes per input
    for (std::size_t p = 0; p < panels.size(); ++p, ahead += kBlockInputs * 32) {
      const CountBatch::Panel& panel = panels[p];
      std::array<std::int32_t*, kMostRows> sums{};
      std::ranges::transform(batch.rows(panel), sums.begin(), sums_of);
      dense_panel(panel.format, block.data(), n, batch.counts(panel, q), panel.rows,
                  q == 0 ? batch.biases(panel).data() : no_bias.data(), sums.data(), p < fetching ? ahead : nullptr);
    }
  }
}

/// What the shift of a row took off its counts.
void add_shift(const IntegerWeights& weights, std::int32_t shift, std::size_t t, std::int32_t* sums) {
  if (shift == 0) return;
  const std::span<const std::int32_t> row_sums = weights.row_sums().subspan(t * kTile);
  for (std::size_t i = 0; i < std::min(kTile, row_sums.size()); ++i) sums[i] += shift * row_sums[i];
}

/// Brings part `index` of `parts` of the next tile into cache while lists go through this one.
void fetch_next_tile(const IntegerWeights& weights, std::size_t t, std::size_t index, std::size_t parts) {
  const std::size_t columns = weights.columns();
  const std::uint8_t* next = weights.tile(t + 1);
  for (std::size_t j = columns * index / parts; j < columns * (index + 1) / parts; ++j)
    __builtin_prefetch(next + j * weights.column_bytes(), 0, 2);
}

template <typename SumsOf>
void add_lists(const IntegerWeights& weights, const CountBatch& batch, std::span<const CountBatch::List> lists,
               std::size_t t, const SumsOf& sums_of) {
  const std::size_t quads = lists.back().first_quad + lists.back().quads - lists.front().first_quad;
  const bool reads_most = t + 1 < weights.tiles() && 2 * quads * IntegerWeights::kQuad > weights.columns();
  for (std::size_t l = 0; l < lists.size(); ++l) {
    const CountBatch::List& list = lists[l];
    const CountBatch::Row& row = batch.rows()[list.row];
    if (reads_most) fetch_next_tile(weights, t, l, lists.size());
    sparse_list(weights.format(), row.format, weights.tile(t), batch.inputs(list), batch.packed(list), list.quads,
                row.bias, sums_of(row));
  }
}

template <typename SumsOf>
void add_tile(const IntegerWeights& weights, const CountBatch& batch, const Share& share, std::size_t t,
              const SumsOf& sums_of) {
  if (!share.panels.empty()) add_panels(weights, batch, share.panels, t, sums_of);
  for (const CountBatch::Panel& panel : share.panels)
    for (const CountBatch::Row& row : batch.rows(panel)) add_shift(weights, row.shift, t, sums_of(row));
  if (!share.lists.empty()) add_lists(weights, batch, share.lists, t, sums_of);
}

template <typename Body>
void for_rows(const CountBatch& batch, const Share& share, const Body& body) {
  for (const CountBatch::Panel& panel : share.panels) std::ranges::for_each(batch.rows(panel), body);
  for (const CountBatch::List& list : share.lists) body(batch.rows()[list.row]);
}

/// body(tile, share) for all of a product; each pair of a tile and a row comes once.
template <typename Body>
void for_shares(const IntegerWeights& weights, const CountBatch& batch, const Body& body) {
  if (batch.rows().empty()) return;
  assert(batch.columns() == weights.columns());
  const std::size_t groups = count_groups(batch.rows().size(), weights.tiles());
  parallel_for(weights.tiles() * groups,
               [&](std::size_t task) { body(task / groups, share_of(batch, task % groups, groups)); });
}

}  // namespace

void accumulate(const IntegerWeights& weights, const CountBatch& batch, Matrix<std::int32_t>& accumulators) {
  assert(accumulators.columns() == padded_outputs(weights.out()));
  for_shares(weights, batch, [&](std::size_t t, const Share& share) {
    add_tile(weights, batch, share, t,
             [&](const CountBatch::Row& row) { return accumulators.row(row.row) + t * kTile; });
  });
}

void accumulate(const IntegerWeights& weights, const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                Matrix<std::int32_t>& accumulators) {
  accumulate(weights, CountBatch(counts, rows), accumulators);
}

void multiply(const IntegerWeights& weights, const CountBatch& batch, Matrix<std::int32_t>& products) {
  assert(products.columns() == padded_outputs(weights.out()));
  for_shares(weights, batch, [&](std::size_t t, const Share& share) {
    const auto sums_of = [&](const CountBatch::Row& row) { return products.row(row.row) + t * kTile; };
    for_rows(batch, share, [&](const CountBatch::Row& row) { std::fill_n(sums_of(row), kTile, 0); });
    add_tile(weights, batch, share, t, sums_of);
  });
}

void multiply(const IntegerWeights& weights, const CountBatch& batch, std::span<const float> scale, Matrix<float>& y) {
  assert(scale.size() == weights.out() && y.columns() == weights.out());
  for_shares(weights, batch, [&](std::size_t t, const Share& share) {
    thread_local std::vector<std::int32_t> sums;
    sums.assign(batch.rows().size() * kTile, 0);
    const CountBatch::Row* first = batch.rows().data();
    const auto sums_of = [&](const CountBatch::Row& row) { return sums.data() + (&row - first) * kTile; };
    add_tile(weights, batch, share, t, sums_of);
    const std::size_t out = t * kTile, width = std::min(kTile, weights.out() - out);
    for_rows(batch, share, [&](const CountBatch::Row& row) {
      scale_sums(sums_of(row), scale.data() + out, width, y.row(row.row) + out);
    });
  });
}

}  // namespace snnsim
