// Included once per instruction set by the kernels that need it; not a header of its own.
#if defined(SNNSIM_PACK_COUNTS_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SNNSIM_PACK_COUNTS_INL_HPP
#undef SNNSIM_PACK_COUNTS_INL_HPP
#else
#define SNNSIM_PACK_COUNTS_INL_HPP
#endif

#include <algorithm>
#include <span>
#include <vector>

#include "core/kernels/dot-inl.hpp"
#include "core/kernels/tile_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {

using Counts = Words;

CountSurvey survey_counts(const std::int16_t* counts, std::size_t n) {
  constexpr std::size_t lanes = hn::MaxLanes(Counts());
  CountSurvey survey;
  auto low = hn::Zero(Counts()), high = hn::Zero(Counts());
  auto sum = hn::Zero(Sum());
  std::size_t i = 0, zeros = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto c = hn::LoadU(Counts(), counts + i);
    low = hn::Min(low, c);
    high = hn::Max(high, c);
    sum = multiply_add_words(sum, c, hn::Set(Words(), 1));
    zeros += hn::CountTrue(Counts(), hn::Eq(c, hn::Zero(Counts())));
  }
  survey.low = hn::GetLane(hn::MinOfLanes(Counts(), low));
  survey.high = hn::GetLane(hn::MaxOfLanes(Counts(), high));
  survey.sum = hn::GetLane(hn::SumOfLanes(Sum(), sum));
  survey.nonzero = i - zeros;
  for (; i < n; ++i) {
    survey.low = std::min<std::int32_t>(survey.low, counts[i]);
    survey.high = std::max<std::int32_t>(survey.high, counts[i]);
    survey.sum += counts[i];
    survey.nonzero += counts[i] != 0;
  }
  return survey;
}

/// Four counts as CountFormat says.
template <bool Bytes>
HWY_INLINE void pack_quad(const std::int16_t* counts, std::int32_t shift, std::int32_t* packed) {
  const auto c = [&](std::size_t i) { return static_cast<std::uint32_t>(counts[i] - shift); };
  if constexpr (Bytes) {
    packed[0] = static_cast<std::int32_t>((c(0) & 0xFF) | (c(1) & 0xFF) << 8 | (c(2) & 0xFF) << 16 | c(3) << 24);
  } else {
    packed[0] = static_cast<std::int32_t>((c(0) & 0xFFFF) | c(2) << 16);
    packed[1] = static_cast<std::int32_t>((c(1) & 0xFFFF) | c(3) << 16);
  }
}

void pack_panel_row(CountFormat format, const std::int16_t* counts, std::size_t quads, std::int32_t shift,
                    std::size_t r, std::size_t rows, std::int32_t* panel) {
  if (format == CountFormat::words) {
    for (std::size_t q = 0; q < quads; ++q) pack_quad<false>(counts + q * 4, shift, panel + (q * rows + r) * 2);
    return;
  }
  const hn::Rebind<std::int8_t, Counts> bytes;
  constexpr std::size_t lanes = hn::MaxLanes(Counts());
  std::size_t q = 0;
  for (; (q + lanes / 4) <= quads; q += lanes / 4) {
    std::int32_t four[lanes / 4];
    const auto c = hn::Sub(hn::LoadU(Counts(), counts + q * 4), hn::Set(Counts(), static_cast<std::int16_t>(shift)));
    hn::StoreU(hn::DemoteTo(bytes, c), bytes, reinterpret_cast<std::int8_t*>(four));
    for (std::size_t k = 0; k < lanes / 4; ++k) panel[(q + k) * rows + r] = four[k];
  }
  for (; q < quads; ++q) pack_quad<true>(counts + q * 4, shift, panel + q * rows + r);
}

/// The inputs with nonzero counts, and these. Both need room for a vector behind the last.
HWY_INLINE std::size_t list_nonzero(const std::int16_t* counts, std::size_t n, std::uint32_t* inputs,
                                    std::int16_t* listed) {
  const hn::Rebind<std::int16_t, Sum> narrow;
  std::size_t found = 0;
  for (std::size_t j = 0; j < n; j += kLanes) {
    const auto c = hn::PromoteTo(Sum(), hn::LoadU(narrow, counts + j));
    const auto nonzero = hn::Ne(c, hn::Zero(Sum()));
    if (hn::AllFalse(Sum(), nonzero)) continue;
    const auto input = hn::Iota(Sum(), static_cast<std::int32_t>(j));
    // Compressed in a register and stored whole: the compressing store is slow on some processors.
    hn::StoreU(hn::Compress(input, nonzero), Sum(), reinterpret_cast<std::int32_t*>(inputs + found));
    hn::StoreU(hn::DemoteTo(narrow, hn::Compress(c, nonzero)), narrow, listed + found);
    found += hn::CountTrue(Sum(), nonzero);
  }
  return found;
}

void pack_list(CountFormat format, const std::int16_t* counts, std::size_t n, std::span<std::uint32_t> inputs,
               std::int32_t* packed) {
  thread_local std::vector<std::uint32_t> listed_inputs;
  thread_local std::vector<std::int16_t> listed;
  listed_inputs.resize(n + 2 * kLanes);
  listed.resize(n + 2 * kLanes);
  const std::size_t whole = n / kLanes * kLanes;
  std::size_t found = list_nonzero(counts, whole, listed_inputs.data(), listed.data());
  for (std::size_t j = whole; j < n; ++j) {
    listed_inputs[found] = static_cast<std::uint32_t>(j);
    listed[found] = counts[j];
    found += counts[j] != 0 ? 1 : 0;
  }
  std::fill(listed.begin() + found, listed.begin() + inputs.size(), std::int16_t{0});
  std::fill(listed_inputs.begin() + found, listed_inputs.begin() + inputs.size(), 0U);
  std::copy_n(listed_inputs.begin(), inputs.size(), inputs.begin());
  for (std::size_t q = 0; q < inputs.size() / 4; ++q) {
    if (format == CountFormat::bytes)
      pack_quad<true>(listed.data() + q * 4, 0, packed + q);
    else
      pack_quad<false>(listed.data() + q * 4, 0, packed + q * 2);
  }
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
