// Included once per instruction set by the kernels that need it; not a header of its own.
#if defined(SNNSIM_DENSE_PANEL_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SNNSIM_DENSE_PANEL_INL_HPP
#undef SNNSIM_DENSE_PANEL_INL_HPP
#else
#define SNNSIM_DENSE_PANEL_INL_HPP
#endif

#include <utility>

#include "core/kernels/dot-inl.hpp"
#include "core/kernels/tile_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {

constexpr std::size_t kGroup = 2;  // vectors of weights that a panel meets at a time
constexpr std::size_t kGroupOutputs = kGroup * kLanes, kGroups = IntegerWeights::kTile / kGroupOutputs;
static_assert(kHalfTile % kGroupOutputs == 0);
// Rows of a panel: kGroup × as many sums stay in registers, beside those that make quads of columns.
constexpr std::size_t kPanelRows = kLanes == 16 ? 11 : 4;

/// Quad q of a block that is there already.
struct Interleaved {
  static HWY_INLINE void prepare(WeightBlock, std::size_t) {}
};

/// Quad q of a block is made of columns.
template <class Columns>
struct Interleaving {
  static HWY_INLINE void prepare(WeightBlock block, std::size_t q) {
    constexpr std::size_t bytes = Columns::kBytes, parts = IntegerWeights::kTile / kQuadBytes;
    const std::uint8_t* first = block.columns + q * 4 * bytes;
    const std::uint8_t* const four[4] = {first, first + bytes, first + 2 * bytes, first + 3 * bytes};
    for (std::size_t h = 0; h < parts; ++h) {
      hn::Vec<Quads> quad[4];
      if constexpr (kByNibbleQuads<Columns>)
        NibbleQuads::make(hn::Load(Quads(), first), hn::Load(Quads(), first + 2 * bytes), quad);
      else
        interleave<Columns>(four, h, quad);
      for (std::size_t k = 0; k < 4; ++k)
        hn::Store(quad[k], Quads(), block.made + interleaved_place((k * parts + h) * kLanes, q, block.half));
    }
  }
};

/// What the first two groups of a panel bring into cache at quad q.
HWY_INLINE void fetch(Ahead ahead, std::size_t quad) {
  const std::uint8_t* next = ahead.first + quad * ahead.step;
  __builtin_prefetch(next, 0, 2);  // the first level is full
  if (ahead.step > 64) __builtin_prefetch(next + 64, 0, 2);
}

/// body(row, vector) for R rows and all vectors of a group, without a loop, so that arrays of sums are registers.
template <std::size_t R, class Body>
HWY_INLINE void for_sums(const Body& body) {
  [&]<std::size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
    (body(std::integral_constant<std::size_t, i / kGroup>(), std::integral_constant<std::size_t, i % kGroup>()), ...);
  }
  (std::make_index_sequence<R * kGroup>());
}

/// Whether sums of a block are in the order of NibbleQuads.
HWY_INLINE bool out_of_order(const WeightBlock& block) {
  return kHasNibbleQuads && block.made != nullptr && block.format == WeightFormat::nibbles;
}

template <std::size_t R>
HWY_INLINE void put_in_order(hn::Vec<Sum> (&sum)[R][kGroup]) {
  static_assert(kGroup == 2);
  for_sums<R>([&](auto r, auto v) __attribute__((always_inline)) {
    if constexpr (v == 0) NibbleQuads::in_order(sum[r][0], sum[r][1]);
  });
}

/// Group g of the outputs, and Source prepares the block for all groups.
template <class Dot, std::size_t R, class Source>
HWY_INLINE void panel_group(std::size_t g, WeightBlock block, const std::int32_t* counts, const PanelSums& sums,
                            Ahead ahead) {
  const std::size_t first = g * kGroupOutputs;
  const std::uint8_t* weights = block.interleaved + interleaved_place(first, 0, block.half);
  hn::Vec<Sum> sum[R][kGroup];
  for_sums<R>([&](auto r, auto v) __attribute__((always_inline)) {
    sum[r][v] = sums.bias != nullptr ? hn::Set(Sum(), sums.bias[r])
                                     : hn::Load(Sum(), sums.before + r * IntegerWeights::kTile + first + v * kLanes);
  });
  const bool reorder = out_of_order(block);
  if (reorder) put_in_order(sum);
  for (std::size_t q = 0; q < block.quads; ++q, weights += kHalfQuadBytes, counts += R * Dot::kElements) {
    if (g < 2 && ahead.first != nullptr) fetch(ahead, g * block.quads + q);
    Source::prepare(block, q);
    typename Dot::Weights w[kGroup];
    for (std::size_t v = 0; v < kGroup; ++v) w[v] = Dot::weights(hn::Load(Quads(), weights + v * kQuadBytes));
    for_sums<R>([&](auto r, auto v) __attribute__((always_inline)) {
      sum[r][v] = Dot::add(sum[r][v], w[v], counts + r * Dot::kElements);
    });
  }
  if (reorder) put_in_order(sum);
  for_sums<R>([&](auto r, auto v) __attribute__((always_inline)) {
    std::int32_t* to = sums.to[r] + first + v * kLanes;
    hn::StoreU(sums.add ? hn::Add(sum[r][v], hn::LoadU(Sum(), to)) : sum[r][v], Sum(), to);
  });
}

template <class Dot, std::size_t R>
void panel_rows(WeightBlock block, const std::int32_t* panel, const PanelSums& sums, Ahead ahead) {
  if (block.columns == nullptr)
    panel_group<Dot, R, Interleaved>(0, block, panel, sums, ahead);
  else if (block.format == WeightFormat::bytes)
    panel_group<Dot, R, Interleaving<ByteColumns>>(0, block, panel, sums, ahead);
  else
    panel_group<Dot, R, Interleaving<NarrowColumns<WeightFormat::nibbles>>>(0, block, panel, sums, ahead);
  for (std::size_t g = 1; g < kGroups; ++g) panel_group<Dot, R, Interleaved>(g, block, panel, sums, ahead);
}

template <class Dot, std::size_t R = kPanelRows>
void panel_of(const WeightBlock& block, const std::int32_t* panel, std::size_t rows, const PanelSums& sums,
              Ahead ahead) {
  if (rows == R) return panel_rows<Dot, R>(block, panel, sums, ahead);
  if constexpr (R > 1) panel_of<Dot, R - 1>(block, panel, rows, sums, ahead);
}

/// A block whose columns the panel can interleave on its way, or which is interleaved.
WeightBlock interleaved_if_narrow(WeightBlock block) {
  if (block.columns == nullptr || block.format == WeightFormat::bytes || block.format == WeightFormat::nibbles)
    return block;
  with_columns(block.format, [&](auto columns) {
    for (std::size_t q = 0; q < block.quads; ++q) Interleaving<decltype(columns)>::prepare(block, q);
  });
  block.columns = nullptr;
  return block;
}

void dense_panel(CountFormat format, const WeightBlock& made_of, const std::int32_t* panel, std::size_t rows,
                 const PanelSums& sums, Ahead ahead) {
  const WeightBlock block = interleaved_if_narrow(made_of);
  if (format == CountFormat::bytes) return panel_of<DotBytes>(block, panel, rows, sums, ahead);
  panel_of<DotWords>(block, panel, rows, sums, ahead);
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
