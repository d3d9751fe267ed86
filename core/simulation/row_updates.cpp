#include "core/simulation/row_updates.hpp"

#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simulation/row_updates.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

// Functions that are called inside become part of the loop, and of its instruction set.
#define SNNSIM_WHOLE __attribute__((flatten))

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {

SNNSIM_WHOLE void update(const NeuronModel& neuron, const NeuronRow& row) {
  std::visit([&](const auto& n) { n.update(row); }, neuron);
}

/// std::popcount, which compilers do not vectorise everywhere.
inline std::uint16_t count_bits(std::uint16_t x) {
  const auto pairs = static_cast<std::uint16_t>(x - (x >> 1U & 0x5555U));
  const auto fours = static_cast<std::uint16_t>((pairs & 0x3333U) + (pairs >> 2U & 0x3333U));
  const auto bytes = static_cast<std::uint16_t>((fours + (fours >> 4U)) & 0x0F0FU);
  return static_cast<std::uint16_t>((bytes + (bytes >> 8U)) & 0x1FU);
}

SNNSIM_WHOLE PopulationActivity tally(const std::int16_t* emitted, std::size_t width) {
  std::uint32_t spikes = 0, magnitude = 0, shift_adds = 0;
  for (std::size_t j = 0; j < width; ++j) {
    const auto size = static_cast<std::uint16_t>(emitted[j] < 0 ? -emitted[j] : emitted[j]);
    spikes += size != 0 ? 1 : 0;
    magnitude += size;
    shift_adds += count_bits(size);
  }
  return {.spikes = spikes, .magnitude = magnitude, .shift_adds = shift_adds, .updates = width};
}

void add_up(std::span<const std::int32_t> added, std::int32_t* sums) {
  for (std::size_t i = 0; i < added.size(); ++i) sums[i] += added[i];
}

/// unit(i): offsets to take off sum i.
template <typename Unit>
void scale(std::span<const float> scale, const std::int32_t* counts, const Offset& offset, const Unit& unit, float* y) {
  if (offset.total == 0) {
    for (std::size_t i = 0; i < scale.size(); ++i) y[i] = scale[i] * static_cast<float>(counts[i]);
    return;
  }
  const std::int64_t taken_off = std::int64_t{offset.total} * offset.steps;
  if (taken_off % offset.timesteps == 0) {  // whole counts: the difference fits 32 bits, so it may be taken modulo 2^32
    const auto whole = static_cast<std::uint32_t>(taken_off / offset.timesteps);
    for (std::size_t i = 0; i < scale.size(); ++i) {
      const std::uint32_t left = static_cast<std::uint32_t>(counts[i]) - whole * static_cast<std::uint32_t>(unit(i));
      y[i] = scale[i] * static_cast<float>(static_cast<std::int32_t>(left));
    }
    return;
  }
  // All integers stay below 2^53, so double holds them exactly.
  const double timesteps = offset.timesteps, share = static_cast<double>(taken_off);
  for (std::size_t i = 0; i < scale.size(); ++i)
    y[i] = scale[i] * static_cast<float>((counts[i] * timesteps - share * unit(i)) / timesteps);
}

SNNSIM_WHOLE void scale_sums(std::span<const float> scale_of, const std::int32_t* counts, const Offset& offset,
                             const std::int32_t* unit, float* y) {
  scale(
      scale_of, counts, offset, [&](std::size_t i) { return unit[i]; }, y);
}

SNNSIM_WHOLE void scale_emitted(std::span<const float> scale_of, const std::int32_t* counts, const Offset& offset,
                                float* y) {
  scale(
      scale_of, counts, offset, [](std::size_t) { return 1; }, y);
}

}  // namespace snnsim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace snnsim {
HWY_EXPORT(update);
HWY_EXPORT(tally);
HWY_EXPORT(add_up);
HWY_EXPORT(scale_sums);
HWY_EXPORT(scale_emitted);

PopulationActivity update_neurons(const NeuronModel& neuron, const NeuronRow& row) {
  HWY_DYNAMIC_DISPATCH(update)(neuron, row);
  return HWY_DYNAMIC_DISPATCH(tally)(row.spikes, row.width);
}

void add_counts(std::span<const std::int32_t> added, std::int32_t* sums) {
  HWY_DYNAMIC_DISPATCH(add_up)(added, sums);
}

void scale_counts(std::span<const float> scale, const std::int32_t* counts, const Offset& offset,
                  const std::int32_t* unit, float* y) {
  HWY_DYNAMIC_DISPATCH(scale_sums)(scale, counts, offset, unit, y);
}

void scale_counts(std::span<const float> scale, const std::int32_t* counts, const Offset& offset, float* y) {
  HWY_DYNAMIC_DISPATCH(scale_emitted)(scale, counts, offset, y);
}

}  // namespace snnsim
#endif  // HWY_ONCE
