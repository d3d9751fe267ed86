#include "core/kernels/softmax_sums.hpp"

#include <array>
#include <cassert>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/kernels/softmax_sums.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kSums = 8;

/// Cody-Waite reduction x = n ln 2 + r and the Taylor polynomial in r, each operation rounded by itself.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exponential(D d, V x) {
  const hn::RebindToSigned<D> di;
  x = hn::Min(hn::Max(x, hn::Set(d, -700.0)), hn::Set(d, 700.0));
  // Adding 1.5 × 2^52 rounds to an integer and leaves it in the lowest bits.
  const V magic = hn::Set(d, 0x1.8p52), biased = hn::Add(hn::Mul(x, hn::Set(d, 1.4426950408889634)), magic);
  const V n = hn::Sub(biased, magic);
  V r = hn::Sub(x, hn::Mul(n, hn::Set(d, 0x1.62e42fefap-1)));
  r = hn::Sub(r, hn::Mul(n, hn::Set(d, 0x1.cf79abc9e3b3ap-40)));
  V p = hn::Set(d, 1.0 / 6227020800);  // 1/13!
  for (const double factorial :
       {479001600.0, 39916800.0, 3628800.0, 362880.0, 40320.0, 5040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0})
    p = hn::Add(hn::Mul(p, r), hn::Set(d, 1 / factorial));
  const auto exponent = hn::ShiftLeft<52>(hn::Add(hn::BitCast(di, biased), hn::Set(di, 1023)));
  return hn::Mul(p, hn::BitCast(d, exponent));
}

/// body(d, i) gives terms i, i + 1, …; sums[k] is the sum of the terms k, k + 8, k + 16, ….
template <class Terms>
HWY_INLINE void add_up(std::size_t n, double* sums, const Terms& terms) {
  const hn::CappedTag<double, kSums> d;
  constexpr std::size_t lanes = hn::MaxLanes(d), vectors = kSums / lanes;
  hn::Vec<decltype(d)> sum[vectors];
  for (auto& s : sum) s = hn::Zero(d);
  std::size_t i = 0;
  for (; i + kSums <= n; i += kSums)
    for (std::size_t v = 0; v < vectors; ++v) sum[v] = hn::Add(sum[v], terms(d, i + v * lanes));
  for (std::size_t v = 0; v < vectors; ++v) hn::StoreU(sum[v], d, sums + v * lanes);
  const hn::CappedTag<double, 1> one;
  for (; i < n; ++i) sums[i % kSums] += hn::GetLane(terms(one, i));
}

void exponential_sums(const float* x, std::size_t n, double shift, double* sums) {
  add_up(n, sums, [&](auto d, std::size_t i) {
    const hn::Rebind<float, decltype(d)> narrow;
    return exponential(d, hn::Sub(hn::PromoteTo(d, hn::LoadU(narrow, x + i)), hn::Set(d, shift)));
  });
}

void divergence_sums(const double* p, const double* q, std::size_t n, double* sums) {
  add_up(n, sums, [&](auto d, std::size_t i) {
    const auto value = hn::LoadU(d, p + i);
    return hn::Mul(exponential(d, value), hn::Sub(value, hn::LoadU(d, q + i)));
  });
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(exponential_sums);
HWY_EXPORT(divergence_sums);

namespace {
double total(const std::array<double, 8>& sums) {
  double result = 0;
  for (const double sum : sums) result += sum;
  return result;
}
}  // namespace

double exponential_sum(std::span<const float> x, double shift) {
  std::array<double, 8> sums{};
  HWY_DYNAMIC_DISPATCH(exponential_sums)(x.data(), x.size(), shift, sums.data());
  return total(sums);
}

double divergence(std::span<const double> p, std::span<const double> q) {
  assert(p.size() == q.size());
  std::array<double, 8> sums{};
  HWY_DYNAMIC_DISPATCH(divergence_sums)(p.data(), q.data(), p.size(), sums.data());
  return total(sums);
}

}  // namespace snnsim
#endif  // HWY_ONCE
