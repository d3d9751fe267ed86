#include "core/kernels/tile_kernels.hpp"

#define HWY_WANT_AVX3_DL 1  // AVX-512 with VNNI
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/kernels/tile_kernels.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

#include "core/kernels/dense_panel-inl.hpp"
#include "core/kernels/pack_counts-inl.hpp"
#include "core/kernels/sparse_list-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {

KernelShape kernel_shape() {
  return {.panel_rows = kPanelRows, .byte_limit = DotBytes::kLimit};
}

void scale_sums(const std::int32_t* sums, const float* scale, std::size_t n, float* y) {
  const hn::Rebind<float, Sum> d;
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    hn::StoreU(hn::Mul(hn::LoadU(d, scale + i), hn::ConvertTo(d, hn::LoadU(Sum(), sums + i))), d, y + i);
  for (; i < n; ++i) y[i] = scale[i] * static_cast<float>(sums[i]);
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(kernel_shape);
HWY_EXPORT(survey_counts);
HWY_EXPORT(pack_panel_row);
HWY_EXPORT(pack_list);
HWY_EXPORT(dense_panel);
HWY_EXPORT(sparse_list);
HWY_EXPORT(scale_sums);

KernelShape kernel_shape() {
  return HWY_DYNAMIC_DISPATCH(kernel_shape)();
}

CountSurvey survey_counts(const std::int16_t* counts, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(survey_counts)(counts, n);
}

void pack_panel_row(CountFormat format, const std::int16_t* counts, std::size_t quads, std::int32_t shift,
                    std::size_t r, std::size_t rows, std::int32_t* panel) {
  HWY_DYNAMIC_DISPATCH(pack_panel_row)(format, counts, quads, shift, r, rows, panel);
}

void pack_list(CountFormat format, const std::int16_t* counts, std::size_t n, std::span<std::uint32_t> inputs,
               std::int32_t* packed) {
  HWY_DYNAMIC_DISPATCH(pack_list)(format, counts, n, inputs, packed);
}

void dense_panel(CountFormat format, const WeightBlock& block, const std::int32_t* panel, std::size_t rows,
                 const PanelSums& sums, Ahead ahead) {
  HWY_DYNAMIC_DISPATCH(dense_panel)(format, block, panel, rows, sums, ahead);
}

void sparse_list(WeightFormat weights, CountFormat format, const Tiles& tiles, const std::uint32_t* inputs,
                 const std::int32_t* packed, std::size_t quads, std::int32_t bias, std::int32_t* sums) {
  HWY_DYNAMIC_DISPATCH(sparse_list)(weights, format, tiles, inputs, packed, quads, bias, sums);
}

void scale_sums(const std::int32_t* sums, const float* scale, std::size_t n, float* y) {
  HWY_DYNAMIC_DISPATCH(scale_sums)(sums, scale, n, y);
}

}  // namespace snnsim
#endif  // HWY_ONCE
