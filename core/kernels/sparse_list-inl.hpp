// Included once per instruction set by the kernels that need it; not a header of its own.
#if defined(SNNSIM_SPARSE_LIST_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SNNSIM_SPARSE_LIST_INL_HPP
#undef SNNSIM_SPARSE_LIST_INL_HPP
#else
#define SNNSIM_SPARSE_LIST_INL_HPP
#endif

#include <hwy/cache_control.h>

#include "core/kernels/dot-inl.hpp"
#include "core/kernels/tile_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {

constexpr std::size_t kAhead = 12;  // quads of columns between a prefetch and its use

HWY_INLINE void put_in_order(hn::Vec<Sum> (&sum)[4]) {
  NibbleQuads::in_order(sum[0], sum[1]);
  NibbleQuads::in_order(sum[2], sum[3]);
}

template <class Columns, class Dot, bool Cached>
HWY_INLINE void list_of(const std::uint8_t* tile, const std::uint32_t* inputs, const std::int32_t* packed,
                        std::size_t quads, std::int32_t bias, std::int32_t* sums) {
  constexpr std::size_t parts = IntegerWeights::kTile / kQuadBytes;
  for (std::size_t h = 0; h < parts; ++h) {
    hn::Vec<Sum> sum[4];
    for (std::size_t k = 0; k < 4; ++k)
      sum[k] = hn::Add(hn::LoadU(Sum(), sums + 16 * k + h * kLanes), hn::Set(Sum(), bias));
    if constexpr (kByNibbleQuads<Columns>) put_in_order(sum);
    for (std::size_t q = 0; q < quads; ++q) {
      const std::uint32_t* input = inputs + q * 4;
      const std::uint8_t* columns[4];
      for (std::size_t i = 0; i < 4; ++i) {
        columns[i] = tile + input[i] * Columns::kBytes;
        if (!Cached && h == 0) hwy::Prefetch(tile + input[kAhead * 4 + i] * Columns::kBytes);
      }
      hn::Vec<Quads> quad[4];
      if constexpr (kByNibbleQuads<Columns>)
        NibbleQuads::make(NibbleQuads::both(columns[0], columns[1]), NibbleQuads::both(columns[2], columns[3]), quad);
      else
        interleave<Columns>(columns, h, quad);
      for (std::size_t k = 0; k < 4; ++k) sum[k] = Dot::add(sum[k], Dot::weights(quad[k]), packed + q * Dot::kElements);
    }
    if constexpr (kByNibbleQuads<Columns>) put_in_order(sum);
    for (std::size_t k = 0; k < 4; ++k) hn::StoreU(sum[k], Sum(), sums + 16 * k + h * kLanes);
  }
}

template <class Columns, class Dot>
void list_of_all(const Tiles& tiles, const std::uint32_t* inputs, const std::int32_t* packed, std::size_t quads,
                 std::int32_t bias, std::int32_t* sums) {
  for (std::size_t t = 0; t < tiles.count; ++t, sums += IntegerWeights::kTile) {
    const std::uint8_t* tile = tiles.first + t * tiles.bytes;
    if (tiles.cached)
      list_of<Columns, Dot, true>(tile, inputs, packed, quads, bias, sums);
    else
      list_of<Columns, Dot, false>(tile, inputs, packed, quads, bias, sums);
  }
}

template <class Columns>
void list_in(CountFormat format, const Tiles& tiles, const std::uint32_t* inputs, const std::int32_t* packed,
             std::size_t quads, std::int32_t bias, std::int32_t* sums) {
  if (format == CountFormat::bytes) return list_of_all<Columns, DotBytes>(tiles, inputs, packed, quads, bias, sums);
  list_of_all<Columns, DotWords>(tiles, inputs, packed, quads, bias, sums);
}

void sparse_list(WeightFormat weights, CountFormat format, const Tiles& tiles, const std::uint32_t* inputs,
                 const std::int32_t* packed, std::size_t quads, std::int32_t bias, std::int32_t* sums) {
  with_columns(weights,
               [&](auto columns) { list_in<decltype(columns)>(format, tiles, inputs, packed, quads, bias, sums); });
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
