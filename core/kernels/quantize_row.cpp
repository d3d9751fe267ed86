#include "core/kernels/quantize_row.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/kernels/quantize_row.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

#include "core/kernels/quantize_level-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void quantize_values(float* values, const float* step, std::size_t width, LevelRange range, std::int16_t* counts) {
  const hn::CappedTag<float, 16> d;
  const hn::Rebind<std::int32_t, decltype(d)> wide;
  const hn::Rebind<std::int16_t, decltype(d)> narrow;
  constexpr std::size_t lanes = hn::MaxLanes(d);
  std::size_t i = 0;
  for (; i + lanes <= width; i += lanes) {
    const auto s = hn::LoadU(d, step + i);
    const auto rounded = quantize_level(d, hn::LoadU(d, values + i), s, range);
    hn::StoreU(hn::DemoteTo(narrow, hn::ConvertTo(wide, rounded)), narrow, counts + i);
    hn::StoreU(hn::Mul(s, rounded), d, values + i);
  }
  for (; i < width; ++i) {
    counts[i] = static_cast<std::int16_t>(quantize(values[i], step[i], range));
    values[i] = step[i] * static_cast<float>(counts[i]);
  }
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(quantize_values);

void quantize_row(std::span<float> values, std::span<const float> step, LevelRange range, std::int16_t* counts) {
  HWY_DYNAMIC_DISPATCH(quantize_values)(values.data(), step.data(), values.size(), range, counts);
}

}  // namespace snnsim
#endif  // HWY_ONCE
