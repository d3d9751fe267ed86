// Included once per instruction set by the kernels that need it; not a header of its own.
#if defined(SNNSIM_FUSED_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SNNSIM_FUSED_INL_HPP
#undef SNNSIM_FUSED_INL_HPP
#else
#define SNNSIM_FUSED_INL_HPP
#endif

#include <cmath>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {

/// a b + c in each lane with one rounding, also where the processor has no such instruction (slow there).
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V fused_multiply_add(D d, V a, V b, V c) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_NATIVE_FMA
  (void)d;
  return hn::MulAdd(a, b, c);
#else
  constexpr std::size_t lanes = hn::MaxLanes(d);
  HWY_ALIGN hn::TFromD<D> x[lanes], y[lanes], sum[lanes];
  hn::Store(a, d, x);
  hn::Store(b, d, y);
  hn::Store(c, d, sum);
  for (std::size_t i = 0; i < lanes; ++i) sum[i] = std::fma(x[i], y[i], sum[i]);
  return hn::Load(d, sum);
#endif
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
