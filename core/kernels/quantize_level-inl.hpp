// Included once per instruction set by the kernels that need it; not a header of its own.
#if defined(SNNSIM_QUANTIZE_LEVEL_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SNNSIM_QUANTIZE_LEVEL_INL_HPP
#undef SNNSIM_QUANTIZE_LEVEL_INL_HPP
#else
#define SNNSIM_QUANTIZE_LEVEL_INL_HPP
#endif

#include <hwy/highway.h>

#include "core/rounding.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {

/// As quantize(), operation by operation.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V quantize_level(D d, V x, V step, LevelRange range) {
  namespace hn = hwy::HWY_NAMESPACE;
  const V low = hn::Set(d, static_cast<float>(range.low)), high = hn::Set(d, static_cast<float>(range.high));
  const V level = hn::Floor(hn::Add(hn::Div(x, step), hn::Set(d, 0.5F)));
  const V above = hn::IfThenElse(hn::Lt(low, level), level, low);  // a NaN gives low
  return hn::IfThenElse(hn::Lt(high, above), high, above);
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
