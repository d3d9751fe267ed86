// Included once per instruction set by the kernels that need it; not a header of its own.
#if defined(SNNSIM_DOT_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SNNSIM_DOT_INL_HPP
#undef SNNSIM_DOT_INL_HPP
#else
#define SNNSIM_DOT_INL_HPP
#endif

#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

#include "core/kernels/integer_weights.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Sum = hn::CappedTag<std::int32_t, 16>;       // sums of adjacent outputs
using Words = hn::Repartition<std::int16_t, Sum>;  // two to an output
using Quads = hn::Repartition<std::uint8_t, Sum>;  // the four weights of each output, + their bias
using SignedQuads = hn::Repartition<std::int8_t, Sum>;
constexpr std::size_t kLanes = hn::MaxLanes(Sum());
constexpr std::size_t kQuadBytes = kLanes * IntegerWeights::kQuad;

HWY_INLINE hn::Vec<Sum> multiply_add_words(hn::Vec<Sum> sum, hn::Vec<Words> a, hn::Vec<Words> b) {
  hn::Vec<Sum> other = hn::Zero(Sum());
  sum = hn::ReorderWidenMulAccumulate(Sum(), a, b, sum, other);
  return hn::RearrangeToOddPlusEven(sum, other);
}

/// Counts of any size: a quad is {c0, c2}, {c1, c3} in 16 bits, one 32-bit element each.
struct DotWords {
  static constexpr std::size_t kElements = 2;  // of 32 bits, to a quad
  struct Weights {
    hn::Vec<Words> even, odd;
  };
  static HWY_INLINE Weights weights(hn::Vec<Quads> quads) {
    const auto words = hn::BitCast(hn::RepartitionToWide<Quads>(), quads);
    const auto even = hn::And(words, hn::Set(hn::RepartitionToWide<Quads>(), 0xFF));
    return {hn::BitCast(Words(), even), hn::BitCast(Words(), hn::ShiftRight<8>(words))};
  }
  static HWY_INLINE hn::Vec<Sum> add(hn::Vec<Sum> sum, const Weights& w, const std::int32_t* counts) {
    sum = multiply_add_words(sum, w.even, hn::BitCast(Words(), hn::Set(Sum(), counts[0])));
    return multiply_add_words(sum, w.odd, hn::BitCast(Words(), hn::Set(Sum(), counts[1])));
  }
};

#if HWY_TARGET == HWY_AVX3_DL

/// Counts of -128..127, four to a 32-bit element.
struct DotBytes {
  static constexpr std::int32_t kLimit = 128;
  static constexpr std::size_t kElements = 1;
  using Weights = hn::Vec<Quads>;
  static HWY_INLINE Weights weights(hn::Vec<Quads> quads) { return quads; }
  static HWY_INLINE hn::Vec<Sum> add(hn::Vec<Sum> sum, Weights w, const std::int32_t* counts) {
    // As assembly: Highway 1.0 does not switch this instruction set on, though the target is chosen only where it is.
    __asm__("vpdpbusd %2%{1to16%}, %1, %0" : "+v"(sum.raw) : "v"(w.raw), "m"(*counts));
    return sum;
  }
};

#elif HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3

/// Counts of -64..64, so that 2 × 255 × count stays within the 16 bits in which pairs are added, four to a 32-bit
/// element.
struct DotBytes {
  static constexpr std::int32_t kLimit = 64;
  static constexpr std::size_t kElements = 1;
  using Weights = hn::Vec<Quads>;
  static HWY_INLINE Weights weights(hn::Vec<Quads> quads) { return quads; }
  static HWY_INLINE hn::Vec<Words> pairs(hn::Vec<Quads> w, hn::Vec<Sum> counts) {
#if HWY_TARGET == HWY_AVX3
    return hn::Vec<Words>{_mm512_maddubs_epi16(w.raw, counts.raw)};
#elif HWY_TARGET == HWY_AVX2
    return hn::Vec<Words>{_mm256_maddubs_epi16(w.raw, counts.raw)};
#else
    return hn::Vec<Words>{_mm_maddubs_epi16(w.raw, counts.raw)};
#endif
  }
  static HWY_INLINE hn::Vec<Sum> add(hn::Vec<Sum> sum, Weights w, const std::int32_t* counts) {
    return multiply_add_words(sum, pairs(w, hn::Set(Sum(), *counts)), hn::Set(Words(), 1));
  }
};

#else

/// No instruction for it here: every count is a word.
struct DotBytes : DotWords {
  static constexpr std::int32_t kLimit = 0;
};

#endif

/// Weights of a column, one byte each.
struct ByteColumns {
  static constexpr std::size_t kBytes = column_bytes(WeightFormat::bytes);
  /// Vector h of a column.
  static HWY_INLINE hn::Vec<Quads> load(const std::uint8_t* column, std::size_t h) {
    return hn::Load(Quads(), column + h * kQuadBytes);
  }
};

/// Vector h of a plane of half bytes, widened.
template <bool Aligned>
HWY_INLINE hn::Vec<Quads> nibble_plane(const std::uint8_t* plane, std::size_t h) {
  const Quads d;
  const auto load = [](auto tag, const std::uint8_t* from) {
    if constexpr (Aligned)
      return hn::Load(tag, from);
    else
      return hn::LoadU(tag, from);
  };
  const hn::Repartition<std::uint16_t, Quads> words;
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL  // one vector is the whole column
  (void)h;
  const hn::Half<decltype(words)> half;
  const auto shift = hn::Combine(words, hn::Set(half, 4), hn::Zero(half));
  const hn::Vec<decltype(words)> twice{_mm512_broadcast_i64x4(load(hn::Half<Quads>(), plane).raw)};
  const auto both = hn::BitCast(d, hn::Shr(twice, shift));
#else
  constexpr std::size_t bytes = column_bytes(WeightFormat::nibbles);
  auto both = load(d, plane + h * kQuadBytes % bytes);
  if (h * kQuadBytes >= bytes) both = hn::BitCast(d, hn::ShiftRight<4>(hn::BitCast(words, both)));
#endif
  return hn::And(both, hn::Set(d, 0x0F));
}

/// Vector h of the bits that 8 × kBits bytes repeat, moved on by kBits from one repetition to the next.
template <unsigned kBits>
HWY_INLINE hn::Vec<Quads> narrow_plane(hn::Vec<hn::Repartition<std::uint64_t, Quads>> repeated, std::size_t h) {
  const hn::Repartition<std::uint64_t, Quads> d;
  alignas(64) static constexpr std::uint64_t one[8] = {0, 1, 2, 3, 4, 5, 6, 7}, two[8] = {0, 0, 2, 2, 4, 4, 6, 6};
  const auto shift = hn::Load(d, (kBits == 1 ? one : two) + h * kQuadBytes / sizeof(std::uint64_t));
  return hn::And(hn::BitCast(Quads(), hn::Shr(repeated, shift)), hn::Set(Quads(), (1U << kBits) - 1));
}

HWY_INLINE hn::Vec<Quads> two_bit_plane(const std::uint8_t* plane, std::size_t h) {
  const hn::Repartition<std::uint64_t, Quads> d;
  return narrow_plane<2>(hn::BitCast(d, hn::LoadDup128(Quads(), plane)), h);
}

HWY_INLINE hn::Vec<Quads> one_bit_plane(const std::uint8_t* plane, std::size_t h) {
  std::uint64_t bits = 0;
  __builtin_memcpy(&bits, plane, sizeof(bits));
  return narrow_plane<1>(hn::Set(hn::Repartition<std::uint64_t, Quads>(), bits), h);
}

/// Those values, below 16, times 2^kBits.
template <int kBits>
HWY_INLINE hn::Vec<Quads> moved_left(hn::Vec<Quads> values) {
  const hn::Repartition<std::uint16_t, Quads> words;
  return hn::BitCast(Quads(), hn::ShiftLeft<kBits>(hn::BitCast(words, values)));
}

/// Weights of fewer bits, widened to a byte.
template <WeightFormat kFormat>
struct NarrowColumns {
  static constexpr std::size_t kBytes = column_bytes(kFormat);
  static HWY_INLINE hn::Vec<Quads> load(const std::uint8_t* column, std::size_t h) {
    if constexpr (kFormat == WeightFormat::two_bits) return two_bit_plane(column, h);
    if constexpr (kFormat == WeightFormat::three_bits)
      return hn::Or(two_bit_plane(column, h), moved_left<2>(one_bit_plane(column + 16, h)));
    if constexpr (kFormat == WeightFormat::nibbles) return nibble_plane<true>(column, h);
    if constexpr (kFormat == WeightFormat::six_bits)
      return hn::Or(nibble_plane<false>(column, h), moved_left<4>(two_bit_plane(column + 32, h)));
  }
};

#if HWY_TARGET == HWY_AVX3_DL

/// Four columns of half bytes, two in a vector, to quads. Cheaper than to widen each column first: four instructions
/// that move bytes instead of eight, and the mask of half bytes applies to whole quads. The outputs come in another
/// order, in_order() is the way back.
struct NibbleQuads {
  static HWY_INLINE hn::Vec<Quads> both(const std::uint8_t* lower, const std::uint8_t* upper) {
    const hn::Half<Quads> half;
    return hn::Combine(Quads(), hn::Load(half, upper), hn::Load(half, lower));
  }
  static HWY_INLINE void make(hn::Vec<Quads> first_two, hn::Vec<Quads> last_two, hn::Vec<Quads> quads[4]) {
    const hn::RepartitionToWide<Quads> words;
    const auto a = hn::BitCast(words, permute(first_two)), b = hn::BitCast(words, permute(last_two));
    const auto low = hn::InterleaveLower(words, a, b), high = hn::InterleaveUpper(words, a, b);
    const auto mask = hn::Set(words, 0x0F0F);
    quads[0] = hn::BitCast(Quads(), hn::And(low, mask));
    quads[1] = hn::BitCast(Quads(), hn::And(hn::ShiftRight<4>(low), mask));
    quads[2] = hn::BitCast(Quads(), hn::And(high, mask));
    quads[3] = hn::BitCast(Quads(), hn::And(hn::ShiftRight<4>(high), mask));
  }
  /// Two vectors of sums of such quads, 0 and 1 or 2 and 3, to 32 sums in the order of their outputs, or back.
  static HWY_INLINE void in_order(hn::Vec<Sum>& first, hn::Vec<Sum>& second) {
    const auto lower = hn::ConcatLowerLower(Sum(), second, first), upper = hn::ConcatUpperUpper(Sum(), second, first);
    first = lower;
    second = upper;
  }

 private:
  /// Bytes of two columns side by side, so that interleaving words leaves output 32 half + 16 k + 4 l + i in element
  /// 8 k + 4 l + i of a half.
  static HWY_INLINE hn::Vec<Quads> permute(hn::Vec<Quads> two) {
    struct Order {
      alignas(64) std::uint8_t byte[64];
      constexpr Order() : byte() {
        for (unsigned half = 0; half < 2; ++half)
          for (unsigned e = 0; e < 16; ++e) {
            const unsigned place = e % 8 / 4 * 16 + (2 * half + e / 8) * 4 + e % 4, word = e / 4 * 8 + half * 4 + e % 4;
            byte[2 * word] = static_cast<std::uint8_t>(place);
            byte[2 * word + 1] = static_cast<std::uint8_t>(32 + place);
          }
      }
    };
    static constexpr Order order;
    hn::Vec<Quads> permuted;
    __asm__("vpermb %2, %1, %0" : "=v"(permuted.raw) : "v"(hn::Load(Quads(), order.byte).raw), "v"(two.raw));
    return permuted;
  }
};
constexpr bool kHasNibbleQuads = true;

#else

struct NibbleQuads {  // never used
  static hn::Vec<Quads> both(const std::uint8_t*, const std::uint8_t*);
  static void make(hn::Vec<Quads> first_two, hn::Vec<Quads> last_two, hn::Vec<Quads> quads[4]);
  static HWY_INLINE void in_order(hn::Vec<Sum>&, hn::Vec<Sum>&) {}
};
constexpr bool kHasNibbleQuads = false;

#endif

/// Whether quads of such columns are made by NibbleQuads.
template <class Columns>
constexpr bool kByNibbleQuads = kHasNibbleQuads&& Columns::kBytes == column_bytes(WeightFormat::nibbles);

/// body(columns), with what reads columns of that format.
template <class Body>
HWY_INLINE void with_columns(WeightFormat format, const Body& body) {
  switch (format) {
    case WeightFormat::two_bits:
      return body(NarrowColumns<WeightFormat::two_bits>());
    case WeightFormat::three_bits:
      return body(NarrowColumns<WeightFormat::three_bits>());
    case WeightFormat::nibbles:
      return body(NarrowColumns<WeightFormat::nibbles>());
    case WeightFormat::six_bits:
      return body(NarrowColumns<WeightFormat::six_bits>());
    case WeightFormat::bytes:
      return body(ByteColumns());
  }
}

/// Four columns of a tile (vector h of each) to quads: quads[k] holds the outputs 16 k + [0, kLanes) of that vector.
template <class Columns>
HWY_INLINE void interleave(const std::uint8_t* const columns[4], std::size_t h, hn::Vec<Quads> quads[4]) {
  const Quads d;
  const hn::RepartitionToWide<Quads> wide;
  const auto a = Columns::load(columns[0], h), b = Columns::load(columns[1], h);
  const auto c = Columns::load(columns[2], h), e = Columns::load(columns[3], h);
  const auto low = hn::BitCast(wide, hn::InterleaveLower(d, a, b));
  const auto high = hn::BitCast(wide, hn::InterleaveUpper(d, a, b));
  const auto next_low = hn::BitCast(wide, hn::InterleaveLower(d, c, e));
  const auto next_high = hn::BitCast(wide, hn::InterleaveUpper(d, c, e));
  quads[0] = hn::BitCast(d, hn::InterleaveLower(wide, low, next_low));
  quads[1] = hn::BitCast(d, hn::InterleaveUpper(wide, low, next_low));
  quads[2] = hn::BitCast(d, hn::InterleaveLower(wide, high, next_high));
  quads[3] = hn::BitCast(d, hn::InterleaveUpper(wide, high, next_high));
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
