#include "core/kernels/integer_product.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "core/parallel.hpp"

namespace snnsim {

namespace {

constexpr std::size_t kTile = IntegerWeights::kTile;
constexpr std::size_t kFetchingPanels = 4;  // that share in fetching the next block of weights
constexpr std::size_t kBlocksAhead = 2;     // from the block that is read to the one that is fetched
constexpr std::size_t kMostRows = 16;       // of a panel, on any processor
constexpr std::size_t kGroupRows = 512;     // their sums and counts stay in the second-level cache
constexpr std::size_t kLeastTasks = 16;     // so that cores get nearly equal shares
constexpr double kTaskPasses = 1 << 14;     // about 10 µs: with less to do, tasks cost more than they gain
constexpr std::size_t kStripBytes = std::size_t{1} << 18;  // of weights that all rows of a share pass: cached

/// Tiles of outputs that one task takes.
struct Strip {
  std::size_t first = 0, tiles = 0;
};

/// Part of a batch, whole sections: the rows, as they were given, that one task takes through a strip.
struct Share {
  std::size_t first = 0, end = 0;
  std::span<const CountBatch::Panel> panels;
  std::span<const CountBatch::List> lists;
};

std::size_t count_groups(const CountBatch& batch, std::size_t strips) {
  const auto ceil = [](std::size_t a, std::size_t b) { return (a + b - 1) / b; };
  const std::size_t groups = std::max(ceil(batch.rows().size(), kGroupRows), ceil(kLeastTasks, strips));
  return std::min(groups, batch.sections().size());
}

/// Sections [first, end).
Share share_of(const CountBatch& batch, std::size_t first, std::size_t end) {
  const std::span<const CountBatch::Section> sections = batch.sections();
  const CountBatch::Section before = first == 0 ? CountBatch::Section{} : sections[first - 1];
  const CountBatch::Section& last = sections[end - 1];
  return {before.end, last.end, batch.panels().subspan(before.end_panel, last.end_panel - before.end_panel),
          batch.lists().subspan(before.end_list, last.end_list - before.end_list)};
}

/// What makes up for weights that are stored too high; as in the kernels, modulo 2^32.
std::int32_t bias_of(const IntegerWeights& weights, const CountBatch::Row& row) {
  return static_cast<std::int32_t>(-std::int64_t{stored_bias(weights.format())} * row.sum);
}

/// Quads of a block: half of what fits if all panels fetch weights as well, which need the other half of the cache; all
/// that one panel reads as they are.
std::size_t quads_of_block(const IntegerWeights& weights, std::size_t panels) {
  constexpr std::size_t quads = kBlockInputs / IntegerWeights::kQuad;
  if (weights.interleaved(0) != nullptr) return panels == 1 ? weights.columns() / IntegerWeights::kQuad : quads;
  return panels <= kFetchingPanels ? quads / 2 : quads;
}

/// What panel p brings into cache: its part of a later block of weights, or if others do that, counts of the next
/// panel.
Ahead needed_next(std::span<const std::uint8_t> later_block, std::size_t block_quads, const CountBatch& batch,
                  std::span<const CountBatch::Panel> panels, std::size_t p, std::size_t q) {
  constexpr std::size_t line = 64;
  const std::size_t fetching = std::min(panels.size(), kFetchingPanels), part = later_block.size() / fetching;
  if (p < fetching) return {later_block.data() + p * part, std::min(2 * line, part / (2 * block_quads))};
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

/// Quads [q, q + quads) of a tile, interleaved already or to be made by the first panel.
WeightBlock block_of(const IntegerWeights& weights, std::size_t t, std::size_t q, std::size_t quads) {
  alignas(64) thread_local std::array<std::uint8_t, kBlockInputs * kTile> made;
  WeightBlock block{.format = weights.format(), .quads = quads};
  if (const std::uint8_t* interleaved = weights.interleaved(t)) {
    block.interleaved = interleaved + q * kHalfQuadBytes;
    block.half = weights.columns() / IntegerWeights::kQuad * kHalfQuadBytes;
  } else {
    block.interleaved = block.made = made.data();
    block.half = quads * kHalfQuadBytes;
    block.columns = weights.tile(t) + q * IntegerWeights::kQuad * weights.column_bytes();
  }
  return block;
}

/// What the shift of a row took off its counts, times the weights of tile t.
void add_shift(const IntegerWeights& weights, std::int32_t shift, std::size_t t, std::int32_t* sums) {
  if (shift == 0) return;
  const std::span<const std::int32_t> row_sums = weights.row_sums().subspan(t * kTile);
  for (std::size_t i = 0; i < std::min(kTile, row_sums.size()); ++i) sums[i] += shift * row_sums[i];
}

/// Sums of a thread's rows, until its next ones.
TileSums* room_for_sums(std::span<const CountBatch::Panel> panels) {
  thread_local std::vector<TileSums> sums;
  if (panels.empty()) return nullptr;
  sums.resize(std::max(sums.size(), panels.back().first + panels.back().rows - panels.front().first));
  return sums.data();
}

/// The products of rows of panels and tile t go to target.sums(place) of each row, its place among batch.rows(), and
/// are added to what is there if Target::kAdds; target.expect(place) comes a little before.
template <typename Target>
void multiply_panels(const IntegerWeights& weights, const CountBatch& batch, std::span<const CountBatch::Panel> panels,
                     std::size_t t, const Target& target) {
  const std::size_t quads = batch.columns() / IntegerWeights::kQuad,
                    block_quads = quads_of_block(weights, panels.size());
  const std::size_t block_bytes = block_quads * IntegerWeights::kQuad * weights.column_bytes();
  TileSums* between = room_for_sums(panels);  // blocks
  for (std::size_t q = 0; q < quads; q += block_quads) {
    WeightBlock block = block_of(weights, t, q, std::min(block_quads, quads - q));
    const bool last = q + block_quads >= quads;
    const std::uint8_t* next = block.columns == nullptr ? nullptr : block.columns + kBlocksAhead * block_bytes;
    for (std::size_t p = 0; p < panels.size(); ++p) {
      const CountBatch::Panel& panel = panels[p];
      TileSums* before = between + (panel.first - panels[0].first);
      std::array<std::int32_t, kMostRows> biases{};
      std::array<std::int32_t*, kMostRows> to{};
      if (q == 0) biases = biases_of(weights, batch.rows(panel));
      for (std::size_t r = 0; r < panel.rows; ++r) {
        to[r] = last ? target.sums(panel.first + r) : before[r].values.data();
        if (last) target.expect(panel.first + r);
      }
      const Ahead ahead =
          next == nullptr ? Ahead{} : needed_next({next, block_bytes}, block_quads, batch, panels, p, q);
      dense_panel(panel.format, block, batch.counts(panel, q), panel.rows,
                  {q == 0 ? biases.data() : nullptr, before->values.data(), to.data(), last && Target::kAdds}, ahead);
      for (std::size_t r = 0; last && r < panel.rows; ++r) add_shift(weights, batch.rows(panel)[r].shift, t, to[r]);
      block.columns = nullptr;
    }
  }
}

/// Sums of a matrix, to which those of tile t are added.
struct AddedTile {
  static constexpr bool kAdds = true;
  const CountBatch& batch;
  Matrix<std::int32_t>& accumulators;
  std::size_t t;

  std::int32_t* sums(std::size_t place) const { return accumulators.row(batch.rows()[place].row) + t * kTile; }
  void expect(std::size_t place) const {
    constexpr std::size_t line = 64 / sizeof(std::int32_t);
    for (std::size_t i = 0; i < kTile; i += line) __builtin_prefetch(sums(place) + i, 1);
  }
};

/// Products of a tile, side by side.
struct KeptTile {
  static constexpr bool kAdds = false;
  const CountBatch& batch;
  ProductSink& sink;
  std::size_t first_output, first;
  TileSums* kept;

  std::int32_t* sums(std::size_t place) const { return kept[place - first].values.data(); }
  void expect(std::size_t place) const { sink.expect(batch.rows()[place].row, first_output); }
};

/// Brings part `index` of `parts` of the next tile into cache while lists go through this one.
void fetch_next_tile(const IntegerWeights& weights, std::size_t t, std::size_t index, std::size_t parts) {
  const std::size_t columns = weights.columns();
  const std::uint8_t* next = weights.tile(t + 1);
  for (std::size_t j = columns * index / parts; j < columns * (index + 1) / parts; ++j)
    __builtin_prefetch(next + j * weights.column_bytes(), 0, 2);
}

/// sums_of(list): to which the products of the list and a strip are added.
template <typename SumsOf>
void add_lists(const IntegerWeights& weights, const CountBatch& batch, std::span<const CountBatch::List> lists,
               const Strip& strip, const SumsOf& sums_of) {
  if (lists.empty()) return;
  const std::size_t quads = lists.back().first_quad + lists.back().quads - lists.front().first_quad;
  const bool reads_most = strip.first + 1 < weights.tiles() && 2 * quads * IntegerWeights::kQuad > weights.columns();
  const Tiles tiles{weights.tile(strip.first), weights.columns() * weights.column_bytes(), strip.tiles,
                    weights.bytes() <= kCachedWeights};
  for (std::size_t l = 0; l < lists.size(); ++l) {
    const CountBatch::List& list = lists[l];
    const CountBatch::Row& row = batch.rows()[list.row];
    if (reads_most && strip.tiles == 1) fetch_next_tile(weights, strip.first, l, lists.size());
    sparse_list(weights.format(), row.format, tiles, batch.inputs(list), batch.packed(list), list.quads,
                bias_of(weights, row), sums_of(list));
  }
}

/// Products of lists and a strip, list after list, until the thread's next ones.
std::span<const TileSums> multiply_lists(const IntegerWeights& weights, const CountBatch& batch,
                                         std::span<const CountBatch::List> lists, const Strip& strip) {
  thread_local std::vector<TileSums> sums;
  if (lists.empty()) return {};
  sums.assign(lists.size() * strip.tiles, TileSums{});
  add_lists(weights, batch, lists, strip, [&](const CountBatch::List& list) {
    return sums[(list.row - lists.front().row) * strip.tiles].values.data();
  });
  return sums;
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

/// body(strip, share) for all of a product; each pair of a tile and a row comes once. Weights that are interleaved
/// already meet a section at a time, whose counts and sums then stay in the first-level cache.
template <typename Body>
void for_shares(const IntegerWeights& weights, const CountBatch& batch, const Body& body) {
  if (batch.rows().empty()) return;
  assert(batch.columns() == weights.columns());
  const std::size_t sections = batch.sections().size();
  const auto for_sections = [&](const Strip& strip, std::size_t first, std::size_t end) {
    const std::size_t at_once = weights.interleaved(0) != nullptr ? 1 : end - first;
    for (std::size_t s = first; s < end; s += at_once) body(strip, share_of(batch, s, s + at_once));
  };
  if (passes_of(batch, weights.tiles()) < kTaskPasses) return for_sections({0, weights.tiles()}, 0, sections);
  const std::size_t tiles = tiles_of_strip(weights), strips = (weights.tiles() + tiles - 1) / tiles;
  const std::size_t groups = count_groups(batch, strips);
  parallel_for(strips * groups, [&](std::size_t task) {
    const std::size_t first = task / groups * tiles;
    const std::size_t group = task % groups;
    for_sections({first, std::min(tiles, weights.tiles() - first)}, sections * group / groups,
                 sections * (group + 1) / groups);
  });
}

}  // namespace

void accumulate(const IntegerWeights& weights, const CountBatch& batch, Matrix<std::int32_t>& accumulators) {
  assert(accumulators.columns() == padded_outputs(weights.out()));
  for_shares(weights, batch, [&](const Strip& strip, const Share& share) {
    add_lists(weights, batch, share.lists, strip, [&](const CountBatch::List& list) {
      return accumulators.row(batch.rows()[list.row].row) + strip.first * kTile;
    });
    for (std::size_t t = strip.first; t < strip.first + strip.tiles; ++t)
      multiply_panels(weights, batch, share.panels, t, AddedTile{batch, accumulators, t});
  });
}

void accumulate(const IntegerWeights& weights, const Matrix<std::int16_t>& counts, std::span<const std::uint32_t> rows,
                Matrix<std::int32_t>& accumulators) {
  accumulate(weights, CountBatch(counts, rows), accumulators);
}

void multiply(const IntegerWeights& weights, const CountBatch& batch, ProductSink& sink) {
  for_shares(weights, batch, [&](const Strip& strip, const Share& share) {
    thread_local std::vector<TileSums> kept;
    const std::span<const TileSums> listed = multiply_lists(weights, batch, share.lists, strip);
    const std::size_t first = share.panels.empty() ? 0 : share.panels.front().first;
    kept.resize(std::max<std::size_t>(kept.size(), share.end - share.first));
    for (std::size_t t = 0; t < strip.tiles; ++t) {
      const std::size_t output = (strip.first + t) * kTile;
      multiply_panels(weights, batch, share.panels, strip.first + t, KeptTile{batch, sink, output, first, kept.data()});
      sink.take({.first_output = output,
                 .outputs = std::min(kTile, weights.out() - output),
                 .first = share.first,
                 .end = share.end,
                 .batch = &batch,
                 .dense = kept[0].values.data(),
                 .listed = listed.empty() ? nullptr : listed[t].values.data(),
                 .first_dense = first,
                 .first_listed = listed.empty() ? 0 : share.lists[0].row,
                 .list_stride = strip.tiles * kTile});
    }
  });
}

namespace {

class ScaledRows : public ProductSink {
 public:
  ScaledRows(std::span<const float> scale, Matrix<float>& y) : scale_(scale), y_(y) {}

  void take(const ProductTile& tile) override {
    for (std::size_t k = tile.first; k < tile.end; ++k)
      scale_sums(tile.row(k), scale_.data() + tile.first_output, tile.outputs,
                 y_.row(tile.batch->rows()[tile.batch->place(k)].row) + tile.first_output);
  }

 private:
  std::span<const float> scale_;
  Matrix<float>& y_;
};

}  // namespace

void multiply(const IntegerWeights& weights, const CountBatch& batch, std::span<const float> scale, Matrix<float>& y) {
  assert(scale.size() == weights.out() && y.columns() == weights.out());
  ScaledRows rows(scale, y);
  multiply(weights, batch, rows);
}

}  // namespace snnsim
