#include "core/kernels/float_product.hpp"

#include <algorithm>
#include <cassert>

#include "core/parallel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/kernels/float_product.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lane = hn::CappedTag<float, 16>;

/// sums[o][lane] = Σ_i weights[o][i] * x[i][lane] for O outputs and 16 lanes (each lane is a row of the batch).
template <std::size_t O>
void product_lanes(const float* weights, std::size_t in, const float* x, float* sums) {
  constexpr std::size_t lanes = hn::MaxLanes(Lane()), vectors = 16 / lanes;
  for (std::size_t v = 0; v < vectors; ++v) {
    hn::Vec<Lane> sum[O];
    for (std::size_t o = 0; o < O; ++o) sum[o] = hn::Zero(Lane());
    for (std::size_t i = 0; i < in; ++i) {
      const auto value = hn::LoadU(Lane(), x + i * 16 + v * lanes);
      for (std::size_t o = 0; o < O; ++o)
        sum[o] = hn::Add(sum[o], hn::Mul(hn::Set(Lane(), weights[o * in + i]), value));
    }
    for (std::size_t o = 0; o < O; ++o) hn::StoreU(sum[o], Lane(), sums + o * 16 + v * lanes);
  }
}

void product_tile(const float* weights, std::size_t out, std::size_t in, const float* x, float* sums) {
  if (out == 8) return product_lanes<8>(weights, in, x, sums);
  for (std::size_t o = 0; o < out; ++o) product_lanes<1>(weights + o * in, in, x, sums + o * 16);
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(product_tile);

namespace {

constexpr std::size_t kLanes = 16;   // rows of the batch side by side
constexpr std::size_t kOutputs = 8;  // outputs of a tile

/// The batch transposed: groups of 16 rows, each (in × 16); missing rows are zero.
std::vector<float> transpose(const Matrix<float>& x, std::span<const std::uint32_t> rows, std::size_t in) {
  const std::size_t groups = (rows.size() + kLanes - 1) / kLanes;
  std::vector<float> transposed(groups * in * kLanes, 0.0F);
  parallel_for(groups, [&](std::size_t g) {
    float* group = transposed.data() + g * in * kLanes;
    for (std::size_t lane = 0; lane < std::min(kLanes, rows.size() - g * kLanes); ++lane) {
      const float* row = x.row(rows[g * kLanes + lane]);
      for (std::size_t i = 0; i < in; ++i) group[i * kLanes + lane] = row[i];
    }
  });
  return transposed;
}

}  // namespace

void multiply(const FloatWeights& weights, const Matrix<float>& x, std::span<const std::uint32_t> rows,
              Matrix<float>& y, OutputRows placement) {
  const std::size_t in = weights.in(), out = weights.out();
  assert(x.columns() >= in && y.columns() >= out);
  const std::vector<float> batch = transpose(x, rows, in);
  parallel_for((out + kOutputs - 1) / kOutputs, [&](std::size_t t) {
    thread_local std::vector<float> tile;
    const std::size_t first = t * kOutputs, n = std::min(kOutputs, out - first);
    tile.resize(kOutputs * in);
    for (std::size_t o = 0; o < n; ++o) weights.read_row(first + o, tile.data() + o * in);
    float sums[kOutputs * kLanes];
    for (std::size_t r = 0; r < rows.size(); r += kLanes) {
      HWY_DYNAMIC_DISPATCH(product_tile)(tile.data(), n, in, batch.data() + r * in, sums);
      for (std::size_t lane = 0; lane < std::min(kLanes, rows.size() - r); ++lane) {
        float* target = y.row(placement == OutputRows::gathered ? r + lane : rows[r + lane]) + first;
        for (std::size_t o = 0; o < n; ++o) target[o] = sums[o * kLanes + lane];
      }
    }
  });
}

}  // namespace snnsim
#endif  // HWY_ONCE
