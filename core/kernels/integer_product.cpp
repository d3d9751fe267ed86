#include "core/kernels/integer_product.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/parallel.hpp"

namespace snnsim {

namespace {

constexpr std::size_t kTile = IntegerWeights::kTile;
constexpr std::size_t kFetchingPanels = 4;   // that share in fetching the next block of weights
constexpr std::size_t kMostRows = 16;        // of a panel, on any processor
constexpr std::size_t kGroupRows = 512;      // their sums and counts stay in the second-level cache
constexpr std::size_t kLeastTasks = 16;      // so that cores get nearly equal shares
constexpr std::size_t kLeastGroupRows = 48;  // reordering a tile for fewer would show
constexpr double kTaskPasses = 1 << 14;      // about 10 µs: with less to do, tasks cost more than they gain
constexpr std::size_t kStripBytes = std::size_t{1} << 18;  // of weights that all rows of a share pass: cached

/// Tiles of outputs that one task takes.
struct Strip {
  std::size_t first = 0, tiles = 0;
};

/// Part of a batch: the panels and lists that one task takes through a strip.
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

/// What makes up for weights that are stored too high; as in the kernels, modulo 2^32.
std::int32_t bias_of(const IntegerWeights& weights, const CountBatch::Row& row) {
  return static_cast<std::int32_t>(-std::int64_t{stored_bias(weights.format())} * row.sum);
}

/// Quads of a block: half of what fits if all panels fetch weights as well, which need the other half of the cache.
std::size_t quads_of_block(std::size_t panels) {
  return kBlockInputs / IntegerWeights::kQuad / (panels <= kFetchingPanels ? 2 : 1);
}

/// What panel p brings into cache: its part of the next block of weights, or if others do that, counts of the next
/// panel.
Ahead needed_next(std::span<const std::uint8_t> next_block, const CountBatch& batch,
                  std::span<const CountBatch::Panel> panels, std::size_t p, std::size_t q) {
  constexpr std::size_t line = 64;
  const std::size_t fetching = std::min(panels.size(), kFetchingPanels), part = next_block.size() / fetching;
  if (p < fetching)
    return {next_block.data() + p * part, std::min(2 * line, part / (2 * quads_of_block(panels.size())))};
  const CountBatch::Panel& next = panels[p + 1 < panels.size() ? p + 1 : p];
  return {reinterpret_cast<const std::uint8_t*>(batch.counts(next, q)), line};
}

/// The sums of a row in one tile. Gathered side by side, because rows of the result may lie a multiple of 4096 bytes
/// apart, where they drive each other out of cache.
struct alignas(64) TileSums {
  std::array<std::int32_t, kTile> values;
};

std::array<std::int32_t, kMostRows> biases_of(const IntegerWeights& weights, std::span<const CountBatch::Row> rows) {
  std::array<std::int32_t, kMostRows> biases{};
  std::ranges::transform(rows, biases.begin(), [&](const auto& row) { return bias_of(weights, row); });
  return biases;
}

/// sums: of tile t, one for each row of the panels.
void multiply_panels(const IntegerWeights& weights, const CountBatch& batch, std::span<const CountBatch::Panel> panels,
                     std::size_t t, TileSums* sums) {
  alignas(64) thread_local std::array<std::uint8_t, kBlockInputs * kTile> interleaved;
  const std::size_t quads = batch.columns() / IntegerWeights::kQuad, block_quads = quads_of_block(panels.size());
  const std::size_t block_bytes = block_quads * IntegerWeights::kQuad * weights.column_bytes();
  for (std::size_t q = 0; q < quads; q += block_quads) {
    const std::uint8_t* columns = weights.tile(t) + q * IntegerWeights::kQuad * weights.column_bytes();
    WeightBlock block{weights.format(), columns, interleaved.data(), std::min(block_quads, quads - q)};
    for (std::size_t p = 0; p < panels.size(); ++p) {
      const CountBatch::Panel& panel = panels[p];
      std::array<std::int32_t, kMostRows> biases{};
      if (q == 0) biases = biases_of(weights, batch.rows(panel));
      dense_panel(panel.format, block, batch.counts(panel, q), panel.rows, q == 0 ? biases.data() : nullptr,
                  sums[panel.first - panels[0].first].values.data(),
                  needed_next({columns + block_bytes, block_bytes}, batch, panels, p, q));
      block.columns = nullptr;
    }
  }
}

/// What products are added to: what is there already, or nothing.
enum class Before : std::uint8_t { sums, nothing };

/// The sums of a row in tile t go to their place, with what the shift of the row took off its counts.
void add_tile(const IntegerWeights& weights, std::int32_t shift, std::size_t t, const TileSums& sums, Before before,
              std::int32_t* to) {
  if (before == Before::sums)
    add_sums(sums.values.data(), to);
  else
    std::ranges::copy(sums.values, to);
  if (shift == 0) return;
  const std::span<const std::int32_t> row_sums = weights.row_sums().subspan(t * kTile);
  for (std::size_t i = 0; i < std::min(kTile, row_sums.size()); ++i) to[i] += shift * row_sums[i];
}

/// sums_of(row) gives the sums of a row of the batch, 64 of each tile.
template <typename SumsOf>
void add_panels(const IntegerWeights& weights, const CountBatch& batch, std::span<const CountBatch::Panel> panels,
                std::size_t t, Before before, const SumsOf& sums_of) {
  thread_local std::vector<TileSums> sums;
  const std::size_t first = panels.front().first, end = panels.back().first + panels.back().rows;
  sums.resize(std::max(sums.size(), end - first));
  multiply_panels(weights, batch, panels, t, sums.data());
  for (std::size_t r = first; r < end; ++r)
    add_tile(weights, batch.rows()[r].shift, t, sums[r - first], before, sums_of(batch.rows()[r]));
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
               const Strip& strip, Before before, const SumsOf& sums_of) {
  const std::size_t quads = lists.back().first_quad + lists.back().quads - lists.front().first_quad;
  const bool reads_most = strip.first + 1 < weights.tiles() && 2 * quads * IntegerWeights::kQuad > weights.columns();
  const Tiles tiles{weights.tile(strip.first), weights.columns() * weights.column_bytes(), strip.tiles,
                    weights.bytes() <= kCachedWeights};
  for (std::size_t l = 0; l < lists.size(); ++l) {
    const CountBatch::List& list = lists[l];
    const CountBatch::Row& row = batch.rows()[list.row];
    if (before == Before::nothing) std::fill_n(sums_of(row), strip.tiles * kTile, 0);
    if (reads_most && strip.tiles == 1) fetch_next_tile(weights, strip.first, l, lists.size());
    sparse_list(weights.format(), row.format, tiles, batch.inputs(list), batch.packed(list), list.quads,
                bias_of(weights, row), sums_of(row));
  }
}

template <typename SumsOf>
void add_strip(const IntegerWeights& weights, const CountBatch& batch, const Share& share, const Strip& strip,
               Before before, const SumsOf& sums_of) {
  for (std::size_t t = 0; t < strip.tiles && !share.panels.empty(); ++t)
    add_panels(weights, batch, share.panels, strip.first + t, before,
               [&](const CountBatch::Row& row) { return sums_of(row) + t * kTile; });
  if (!share.lists.empty()) add_lists(weights, batch, share.lists, strip, before, sums_of);
}

template <typename Body>
void for_rows(const CountBatch& batch, const Share& share, const Body& body) {
  for (const CountBatch::Panel& panel : share.panels) std::ranges::for_each(batch.rows(panel), body);
  for (const CountBatch::List& list : share.lists) body(batch.rows()[list.row]);
}

std::size_t tiles_of_strip(const IntegerWeights& weights) {
  const std::size_t cached = kStripBytes / (weights.columns() * weights.column_bytes());
  return std::clamp<std::size_t>(cached, 1, std::max<std::size_t>(1, weights.tiles() / kLeastTasks));
}

/// Passes of a list over a column of a tile, or as many of a panel as take as long.
double passes_of(const CountBatch& batch, std::size_t tiles) {
  constexpr double dense_pass = 1.0 / 8;
  double passes = 0;
  for (const CountBatch::Row& row : batch.rows())
    passes += row.sparse ? static_cast<double>(row.nonzero) : dense_pass * static_cast<double>(batch.columns());
  return passes * static_cast<double>(tiles);
}

/// body(strip, share) for all of a product; each pair of a tile and a row comes once.
template <typename Body>
void for_shares(const IntegerWeights& weights, const CountBatch& batch, const Body& body) {
  if (batch.rows().empty()) return;
  assert(batch.columns() == weights.columns());
  if (passes_of(batch, weights.tiles()) < kTaskPasses)
    return body(Strip{0, weights.tiles()}, Share{batch.panels(), batch.lists()});
  const std::size_t tiles = tiles_of_strip(weights), strips = (weights.tiles() + tiles - 1) / tiles;
  const std::size_t groups = count_groups(batch.rows().size(), strips);
  parallel_for(strips * groups, [&](std::size_t task) {
    const std::size_t first = task / groups * tiles;
    body(Strip{first, std::min(tiles, weights.tiles() - first)}, share_of(batch, task % groups, groups));
  });
}

}  // namespace

void accumulate(const IntegerWeights& weights, const CountBatch& batch, Matrix<std::int32_t>& accumulators) {
  assert(accumulators.columns() == padded_outputs(weights.out()));
  for_shares(weights, batch, [&](const Strip& strip, const Share& share) {
    add_strip(weights, batch, share, strip, Before::sums,
              [&](const CountBatch::Row& row) { return accumulators.row(row.row) + strip.first * kTile; });
  });
}

void accumulate(const IntegerWeights& weights, const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                Matrix<std::int32_t>& accumulators) {
  accumulate(weights, CountBatch(counts, rows), accumulators);
}

void multiply(const IntegerWeights& weights, const CountBatch& batch, Matrix<std::int32_t>& products) {
  assert(products.columns() == padded_outputs(weights.out()));
  for_shares(weights, batch, [&](const Strip& strip, const Share& share) {
    const auto sums_of = [&](const CountBatch::Row& row) { return products.row(row.row) + strip.first * kTile; };
    add_strip(weights, batch, share, strip, Before::nothing, sums_of);
  });
}

void multiply(const IntegerWeights& weights, const CountBatch& batch, std::span<const float> scale, Matrix<float>& y) {
  assert(scale.size() == weights.out() && y.columns() == weights.out());
  for_shares(weights, batch, [&](const Strip& strip, const Share& share) {
    thread_local std::vector<std::int32_t> sums;
    const std::size_t size = strip.tiles * kTile;
    sums.resize(batch.rows().size() * size);
    const CountBatch::Row* first = batch.rows().data();
    const auto sums_of = [&](const CountBatch::Row& row) {
      return sums.data() + static_cast<std::size_t>(&row - first) * size;
    };
    add_strip(weights, batch, share, strip, Before::nothing, sums_of);
    const std::size_t out = strip.first * kTile, width = std::min(size, weights.out() - out);
    for_rows(batch, share, [&](const CountBatch::Row& row) {
      scale_sums(sums_of(row), scale.data() + out, width, y.row(row.row) + out);
    });
  });
}

}  // namespace snnsim
