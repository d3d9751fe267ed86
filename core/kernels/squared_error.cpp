#include "core/kernels/squared_error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/kernels/squared_error.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

#include "core/kernels/quantize_level-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Of as many samples as d has lanes.
template <class D>
HWY_INLINE hn::Vec<D> squared_errors(D d, const float* samples, float step, LevelRange range) {
  const hn::Rebind<float, D> narrow;
  const auto x = hn::LoadU(narrow, samples), s = hn::Set(narrow, step);
  const auto error = hn::PromoteTo(d, hn::Sub(x, hn::Mul(s, quantize_level(narrow, x, s, range))));
  return hn::Mul(error, error);
}

void add_errors(const float* samples, std::size_t count, float step, LevelRange range, double* sums) {
  constexpr std::size_t all = 8;
  const hn::CappedTag<double, all> d;
  constexpr std::size_t lanes = hn::MaxLanes(d), vectors = all / lanes;
  hn::Vec<decltype(d)> sum[vectors];
  for (std::size_t v = 0; v < vectors; ++v) sum[v] = hn::LoadU(d, sums + v * lanes);
  std::size_t i = 0;
  for (; i + all <= count; i += all)
    for (std::size_t v = 0; v < vectors; ++v)
      sum[v] = hn::Add(sum[v], squared_errors(d, samples + i + v * lanes, step, range));
  for (std::size_t v = 0; v < vectors; ++v) hn::StoreU(sum[v], d, sums + v * lanes);
  const hn::CappedTag<double, 1> one;
  for (; i < count; ++i) sums[i % all] += hn::GetLane(squared_errors(one, samples + i, step, range));
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(add_errors);

void add_squared_errors(std::span<const float> samples, float step, LevelRange range, std::array<double, 8>& sums) {
  HWY_DYNAMIC_DISPATCH(add_errors)(samples.data(), samples.size(), step, range, sums.data());
}

}  // namespace snnsim
#endif  // HWY_ONCE
