#include "core/kernels/float_product.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <type_traits>
#include <vector>

#include "core/parallel.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/kernels/float_product.cpp"
#include <hwy/aligned_allocator.h>
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

#include "core/kernels/fused-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kLanes = 16;  // outputs, and rows, that lie side by side
using Lane = hn::CappedTag<float, kLanes>;
constexpr std::size_t kStep = hn::MaxLanes(Lane());

/// sums[r][lane] = Σ_i x[i][r] * weights[i][lane] for R rows of the batch and a vector of lanes, each an output.
/// All three have 16 floats from one i, or r, to the next.
template <std::size_t R>
void product_rows(const float* weights, const float* x, std::size_t in, float* sums) {
  hn::Vec<Lane> sum[R];
  for (std::size_t r = 0; r < R; ++r) sum[r] = hn::Zero(Lane());
  for (std::size_t i = 0; i < in; ++i) {
    // Each value of x is broadcast by the multiplication that uses it; two vectors of outputs would need a broadcast of
    // its own, which costs more than loading the value again.
    const auto weight = hn::Load(Lane(), weights + i * kLanes);
    for (std::size_t r = 0; r < R; ++r)
      sum[r] = fused_multiply_add(Lane(), hn::Set(Lane(), x[i * kLanes + r]), weight, sum[r]);
  }
  for (std::size_t r = 0; r < R; ++r) hn::StoreU(sum[r], Lane(), sums + r * kLanes);
}

/// 16 outputs of up to 16 rows.
void product_tile(const float* weights, const float* x, std::size_t rows, std::size_t in, float* sums) {
  constexpr std::size_t most = HWY_MAX_BYTES >= 64 ? 16 : 8;  // sums that stay in registers
  std::size_t r = 0;
  const auto some = [&]<std::size_t R>(std::integral_constant<std::size_t, R>) {
    for (; r + R <= rows; r += R)
      for (std::size_t lane = 0; lane < kLanes; lane += kStep)
        product_rows<R>(weights + lane, x + r, in, sums + r * kLanes + lane);
  };
  some(std::integral_constant<std::size_t, most>());
  some(std::integral_constant<std::size_t, 4>());
  some(std::integral_constant<std::size_t, 1>());
}

/// 16 rows of `in` floats side by side: to (in × 16).
void interleave(const float* const* rows, std::size_t in, float* to) {
  const hn::FixedTag<float, 4> d;
  const std::size_t squares = in / 4 * 4;
  for (std::size_t i = 0; i < squares; i += 4)
    for (std::size_t r = 0; r < kLanes; r += 4) {
      const auto a = hn::LoadU(d, rows[r] + i), b = hn::LoadU(d, rows[r + 1] + i);
      const auto c = hn::LoadU(d, rows[r + 2] + i), e = hn::LoadU(d, rows[r + 3] + i);
      const auto low = hn::InterleaveLower(d, a, b), next_low = hn::InterleaveLower(d, c, e);
      const auto high = hn::InterleaveUpper(d, a, b), next_high = hn::InterleaveUpper(d, c, e);
      float* square = to + i * kLanes + r;
      hn::StoreU(hn::ConcatLowerLower(d, next_low, low), d, square);
      hn::StoreU(hn::ConcatUpperUpper(d, next_low, low), d, square + kLanes);
      hn::StoreU(hn::ConcatLowerLower(d, next_high, high), d, square + 2 * kLanes);
      hn::StoreU(hn::ConcatUpperUpper(d, next_high, high), d, square + 3 * kLanes);
    }
  for (std::size_t i = squares; i < in; ++i)
    for (std::size_t r = 0; r < kLanes; ++r) to[i * kLanes + r] = rows[r][i];
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(product_tile);
HWY_EXPORT(interleave);

namespace {

constexpr std::size_t kLanes = 16;
using Rows = std::array<const float*, kLanes>;

/// Of the batch or of the weights; the last row stands in for those that are missing.
template <typename Row>
Rows sixteen_rows(std::size_t count, const Row& row) {
  Rows rows;
  for (std::size_t r = 0; r < kLanes; ++r) rows[r] = row(std::min(r, count - 1));
  return rows;
}

/// The batch in groups of 16 rows, each (in × 16).
hwy::AlignedFreeUniquePtr<float[]> interleave_batch(const Matrix<float>& x, std::span<const std::uint32_t> rows,
                                                    std::size_t in) {
  const std::size_t groups = (rows.size() + kLanes - 1) / kLanes;
  auto interleaved = hwy::AllocateAligned<float>(groups * in * kLanes);
  parallel_for(groups, [&](std::size_t g) {
    const std::span<const std::uint32_t> group = rows.subspan(g * kLanes, std::min(kLanes, rows.size() - g * kLanes));
    const Rows from = sixteen_rows(group.size(), [&](std::size_t r) { return x.row(group[r]); });
    HWY_DYNAMIC_DISPATCH(interleave)(from.data(), in, interleaved.get() + g * in * kLanes);
  });
  return interleaved;
}

/// Reads up to 16 rows of weights at a time and keeps the memory for them.
class WeightTile {
 public:
  /// Rows first..first+count-1 of the weights, (in × 16).
  const float* read(const FloatWeights& weights, std::size_t first, std::size_t count) {
    const std::size_t in = weights.in();
    // Rows lie so that equal columns of two do not compete for the same place in the cache.
    const std::size_t stride = (in + 15) / 16 * 16 + 16;
    if (rows_.size() < kLanes * stride) {
      rows_.resize(kLanes * stride);
      interleaved_ = hwy::AllocateAligned<float>(kLanes * stride);
    }
    for (std::size_t o = 0; o < count; ++o) weights.read_row(first + o, rows_.data() + o * stride);
    const Rows from = sixteen_rows(count, [&](std::size_t o) { return rows_.data() + o * stride; });
    HWY_DYNAMIC_DISPATCH(interleave)(from.data(), in, interleaved_.get());
    return interleaved_.get();
  }

 private:
  std::vector<float> rows_;
  hwy::AlignedFreeUniquePtr<float[]> interleaved_;
};

}  // namespace

void multiply(const FloatWeights& weights, const Matrix<float>& x, std::span<const std::uint32_t> rows,
              Matrix<float>& y, OutputRows placement) {
  const std::size_t in = weights.in(), out = weights.out();
  assert(x.columns() >= in && y.columns() >= out);
  if (rows.empty()) return;
  const hwy::AlignedFreeUniquePtr<float[]> batch = interleave_batch(x, rows, in);
  parallel_for((out + kLanes - 1) / kLanes, [&](std::size_t t) {
    thread_local WeightTile buffer;
    const std::size_t first = t * kLanes, count = std::min(kLanes, out - first);
    const float* tile = buffer.read(weights, first, count);
    float sums[kLanes * kLanes];
    for (std::size_t r = 0; r < rows.size(); r += kLanes) {
      const std::size_t n = std::min(kLanes, rows.size() - r);
      HWY_DYNAMIC_DISPATCH(product_tile)(tile, batch.get() + r * in, n, in, sums);
      for (std::size_t k = 0; k < n; ++k)
        std::copy_n(sums + k * kLanes, count, y.row(placement == OutputRows::gathered ? r + k : rows[r + k]) + first);
    }
  });
}

}  // namespace snnsim
#endif  // HWY_ONCE
