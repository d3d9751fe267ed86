// Included once per instruction set by the kernels that need it; not a header of its own.
#if defined(SNNSIM_EXPONENTIAL_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SNNSIM_EXPONENTIAL_INL_HPP
#undef SNNSIM_EXPONENTIAL_INL_HPP
#else
#define SNNSIM_EXPONENTIAL_INL_HPP
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {

/// e^x, at most 2 ulp off for -87 <= x <= 88, and the same bits on every instruction set because multiplications and
/// additions are rounded one by one (a library's vector exp uses fused operations where the processor has them).
/// x is clamped to [-87, 88] first. Cody-Waite reduction x = n ln 2 + r, Taylor polynomial in r.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V exponential(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::Rebind<std::int32_t, D> di;
  x = hn::Min(hn::Max(x, hn::Set(d, -87.0F)), hn::Set(d, 88.0F));
  const V n = hn::Round(hn::Mul(x, hn::Set(d, 1.44269504F)));
  V r = hn::Sub(x, hn::Mul(n, hn::Set(d, 0.693359375F)));
  r = hn::Sub(r, hn::Mul(n, hn::Set(d, -2.12194440e-4F)));
  V p = hn::Set(d, 1.9875691500e-4F);
  for (const float c : {1.3981999507e-3F, 8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F})
    p = hn::Add(hn::Mul(p, r), hn::Set(d, c));
  p = hn::Add(hn::Add(hn::Mul(hn::Mul(p, r), r), r), hn::Set(d, 1.0F));
  const auto exponent = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, n), hn::Set(di, 127)));
  return hn::Mul(p, hn::BitCast(d, exponent));
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
