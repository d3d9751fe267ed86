#include "core/kernels/float_product.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

#include "core/parallel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/kernels/float_product.cpp"
#include <hwy/aligned_allocator.h>
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lane = hn::CappedTag<float, 16>;
constexpr std::size_t kStep = hn::MaxLanes(Lane());

/// sums[o][lane] = Σ_i weights[o * stride + i] * x[i][lane] for O outputs and a vector of lanes (each lane is a row of
/// the batch). x, sums: 16 floats from one i, or o, to the next.
template <std::size_t O>
void product_lanes(const float* weights, std::size_t stride, std::size_t in, const float* x, float* sums) {
  hn::Vec<Lane> sum[O];
  for (std::size_t o = 0; o < O; ++o) sum[o] = hn::Zero(Lane());
  for (std::size_t i = 0; i < in; ++i) {
    // Each weight is broadcast by the multiplication that uses it; two vectors of rows would need a broadcast of its
    // own, which costs more than loading the weight again.
    const auto value = hn::Load(Lane(), x + i * 16);
    for (std::size_t o = 0; o < O; ++o)
      sum[o] = hn::Add(sum[o], hn::Mul(hn::Set(Lane(), weights[o * stride + i]), value));
  }
  for (std::size_t o = 0; o < O; ++o) hn::StoreU(sum[o], Lane(), sums + o * 16);
}

/// Up to 16 outputs of 16 rows.
void product_tile(const float* weights, std::size_t stride, std::size_t out, std::size_t in, const float* x,
                  float* sums) {
  constexpr std::size_t most = HWY_MAX_BYTES >= 64 ? 16 : 8;  // sums that stay in registers
  std::size_t o = 0;
  const auto lanes = [&]<std::size_t O>(std::integral_constant<std::size_t, O>) {
    for (; o + O <= out; o += O)
      for (std::size_t lane = 0; lane < 16; lane += kStep)
        product_lanes<O>(weights + o * stride, stride, in, x + lane, sums + o * 16 + lane);
  };
  lanes(std::integral_constant<std::size_t, most>());
  lanes(std::integral_constant<std::size_t, 4>());
  lanes(std::integral_constant<std::size_t, 1>());
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(product_tile);

namespace {

constexpr std::size_t kLanes = 16;    // rows of the batch side by side
constexpr std::size_t kOutputs = 16;  // outputs of a tile

/// The batch transposed: groups of 16 rows, each (in × 16); missing rows are zero.
hwy::AlignedFreeUniquePtr<float[]> transpose(const Matrix<float>& x, std::span<const std::uint32_t> rows,
                                             std::size_t in) {
  const std::size_t groups = (rows.size() + kLanes - 1) / kLanes;
  auto transposed = hwy::AllocateAligned<float>(groups * in * kLanes);
  parallel_for(groups, [&](std::size_t g) {
    float* group = transposed.get() + g * in * kLanes;
    const std::size_t n = std::min(kLanes, rows.size() - g * kLanes);
    if (n < kLanes) std::fill_n(group, in * kLanes, 0.0F);
    for (std::size_t first = 0; first < in; first += kLanes)  // in squares, so that what is written stays in cache
      for (std::size_t lane = 0; lane < n; ++lane) {
        const float* row = x.row(rows[g * kLanes + lane]);
        for (std::size_t i = first; i < std::min(in, first + kLanes); ++i) group[i * kLanes + lane] = row[i];
      }
  });
  return transposed;
}

/// Rows of weights lie so that equal columns of two rows do not compete for the same place in the cache.
std::size_t padded(std::size_t in) {
  return (in + 15) / 16 * 16 + 16;
}

}  // namespace

void multiply(const FloatWeights& weights, const Matrix<float>& x, std::span<const std::uint32_t> rows,
              Matrix<float>& y, OutputRows placement) {
  const std::size_t in = weights.in(), out = weights.out(), stride = padded(in);
  assert(x.columns() >= in && y.columns() >= out);
  if (rows.empty()) return;
  const hwy::AlignedFreeUniquePtr<float[]> batch = transpose(x, rows, in);
  parallel_for((out + kOutputs - 1) / kOutputs, [&](std::size_t t) {
    thread_local std::vector<float> tile;
    const std::size_t first = t * kOutputs, n = std::min(kOutputs, out - first);
    tile.resize(std::max(tile.size(), kOutputs * stride));
    for (std::size_t o = 0; o < n; ++o) weights.read_row(first + o, tile.data() + o * stride);
    float sums[kOutputs * kLanes];
    for (std::size_t r = 0; r < rows.size(); r += kLanes) {
      HWY_DYNAMIC_DISPATCH(product_tile)(tile.data(), stride, n, in, batch.get() + r * in, sums);
      for (std::size_t lane = 0; lane < std::min(kLanes, rows.size() - r); ++lane) {
        float* target = y.row(placement == OutputRows::gathered ? r + lane : rows[r + lane]) + first;
        for (std::size_t o = 0; o < n; ++o) target[o] = sums[o * kLanes + lane];
      }
    }
  });
}

}  // namespace snnsim
#endif  // HWY_ONCE
