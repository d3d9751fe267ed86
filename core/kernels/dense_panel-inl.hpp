// Included once per instruction set by the kernels that need it; not a header of its own.
#if defined(SNNSIM_DENSE_PANEL_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SNNSIM_DENSE_PANEL_INL_HPP
#undef SNNSIM_DENSE_PANEL_INL_HPP
#else
#define SNNSIM_DENSE_PANEL_INL_HPP
#endif

#include <hwy/cache_control.h>

#include "core/kernels/dot-inl.hpp"
#include "core/kernels/tile_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {

constexpr std::size_t kGroup = 2;  // vectors of weights that a panel meets at a time
constexpr std::size_t kGroups = IntegerWeights::kTile / (kGroup * kLanes);
// Rows of a panel: kGroup × as many sums stay in registers.
constexpr std::size_t kPanelRows = HWY_TARGET == HWY_AVX3_DL ? 14 : HWY_TARGET == HWY_AVX3 ? 12 : 4;

constexpr std::size_t kStreamAhead = 4096;  // bytes: processors do not prefetch across pages

/// (quads, 64) columns to (kGroups, quads, kGroup, kQuadBytes).
template <class Columns>
void interleave_columns(const std::uint8_t* columns, std::size_t quads, std::uint8_t* block) {
  constexpr std::size_t bytes = Columns::kBytes, parts = IntegerWeights::kTile / kQuadBytes;
  for (std::size_t q = 0; q < quads; ++q) {
    const std::uint8_t* first = columns + q * 4 * bytes;
    const std::uint8_t* const four[4] = {first, first + bytes, first + 2 * bytes, first + 3 * bytes};
    for (std::size_t line = 0; line < 4 * bytes; line += 64) hwy::Prefetch(first + kStreamAhead + line);
    for (std::size_t h = 0; h < parts; ++h) {
      hn::Vec<Quads> quad[4];
      interleave<Columns>(four, h, quad);
      for (std::size_t k = 0; k < 4; ++k) {
        const std::size_t v = k * parts + h;
        hn::Store(quad[k], Quads(), block + ((v / kGroup * quads + q) * kGroup + v % kGroup) * kQuadBytes);
      }
    }
  }
}

void interleave_block(WeightFormat weights, const std::uint8_t* columns, std::size_t quads, std::uint8_t* block) {
  if (weights == WeightFormat::bytes) return interleave_columns<ByteColumns>(columns, quads, block);
  interleave_columns<NibbleColumns>(columns, quads, block);
}

template <class Dot, std::size_t R>
void panel_rows(const std::uint8_t* block, std::size_t quads, const std::int32_t* panel, const std::int32_t* bias,
                std::int32_t* const* sums, Ahead ahead) {
  for (std::size_t g = 0; g < kGroups; ++g) {
    const std::size_t first = g * kGroup * kLanes;
    hn::Vec<Sum> sum[R][kGroup];
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t v = 0; v < kGroup; ++v)
        sum[r][v] = hn::Add(hn::LoadU(Sum(), sums[r] + first + v * kLanes), hn::Set(Sum(), bias[r]));
    const std::int32_t* counts = panel;
    for (std::size_t q = 0; q < quads; ++q, block += kGroup * kQuadBytes, counts += R * Dot::kElements) {
      if (g < 2) __builtin_prefetch(ahead.first + (g * quads + q) * ahead.step, 0, 2);  // the first level is full
      typename Dot::Weights w[kGroup];
      for (std::size_t v = 0; v < kGroup; ++v) w[v] = Dot::weights(hn::Load(Quads(), block + v * kQuadBytes));
      for (std::size_t r = 0; r < R; ++r)
        for (std::size_t v = 0; v < kGroup; ++v) sum[r][v] = Dot::add(sum[r][v], w[v], counts + r * Dot::kElements);
    }
    for (std::size_t r = 0; r < R; ++r)
      for (std::size_t v = 0; v < kGroup; ++v) hn::StoreU(sum[r][v], Sum(), sums[r] + first + v * kLanes);
  }
}

template <class Dot, std::size_t R = kPanelRows>
void panel_of(const std::uint8_t* block, std::size_t quads, const std::int32_t* panel, std::size_t rows,
              const std::int32_t* bias, std::int32_t* const* sums, Ahead ahead) {
  if (rows == R) return panel_rows<Dot, R>(block, quads, panel, bias, sums, ahead);
  if constexpr (R > 1) panel_of<Dot, R - 1>(block, quads, panel, rows, bias, sums, ahead);
}

void dense_panel(CountFormat format, const std::uint8_t* block, std::size_t quads, const std::int32_t* panel,
                 std::size_t rows, const std::int32_t* bias, std::int32_t* const* sums, Ahead ahead) {
  if (format == CountFormat::bytes) return panel_of<DotBytes>(block, quads, panel, rows, bias, sums, ahead);
  panel_of<DotWords>(block, quads, panel, rows, bias, sums, ahead);
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
