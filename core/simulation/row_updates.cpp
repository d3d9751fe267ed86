#include "core/simulation/row_updates.hpp"

#include <bit>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/simulation/row_updates.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per instruction set
#include <hwy/highway.h>

// Functions that are called inside become part of the loop, and of its instruction set.
#define SNNSIM_WHOLE __attribute__((flatten))

HWY_BEFORE_NAMESPACE();
namespace snnsim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Sizes = hn::ScalableTag<std::uint16_t>;
using Pairs = hn::RepartitionToWide<Sizes>;  // sums of two

SNNSIM_WHOLE void update(const NeuronModel& neuron, const NeuronRow& row) {
  std::visit([&](const auto& n) { n.update(row); }, neuron);
}

/// What vectors of 16-bit elements add up to, few enough that no element overflows.
class ActivityOfChunk {
 public:
  static constexpr std::size_t kMostVectors = 2048;

  // Not a default one, which would not have the instruction set.
  ActivityOfChunk() : spikes_(hn::Zero(Sizes())), shift_adds_(hn::Zero(Sizes())), magnitude_(hn::Zero(Pairs())) {}
  void add(hn::Vec<Sizes> size) {
    spikes_ = hn::Add(spikes_, hn::IfThenElseZero(hn::Ne(size, hn::Zero(Sizes())), hn::Set(Sizes(), 1)));
    shift_adds_ = hn::Add(shift_adds_, hn::PopulationCount(size));
    magnitude_ = hn::Add(magnitude_, in_pairs(size));
  }
  PopulationActivity activity() const {
    const auto sum = [](hn::Vec<Pairs> v) { return hn::GetLane(hn::SumOfLanes(Pairs(), v)); };
    return {.spikes = sum(in_pairs(spikes_)), .magnitude = sum(magnitude_), .shift_adds = sum(in_pairs(shift_adds_))};
  }

 private:
  static hn::Vec<Pairs> in_pairs(hn::Vec<Sizes> v) {
    const auto pairs = hn::BitCast(Pairs(), v);
    return hn::Add(hn::And(pairs, hn::Set(Pairs(), 0xFFFF)), hn::ShiftRight<16>(pairs));
  }

  hn::Vec<Sizes> spikes_, shift_adds_;
  hn::Vec<Pairs> magnitude_;
};

PopulationActivity tally(const std::int16_t* emitted, std::size_t width) {
  const hn::Repartition<std::int16_t, Sizes> d;
  constexpr std::size_t lanes = hn::MaxLanes(Sizes());
  PopulationActivity all;
  std::size_t j = 0;
  while (j + lanes <= width) {
    ActivityOfChunk chunk;
    for (std::size_t v = 0; v < ActivityOfChunk::kMostVectors && j + lanes <= width; ++v, j += lanes)
      chunk.add(hn::BitCast(Sizes(), hn::Abs(hn::LoadU(d, emitted + j))));
    all += chunk.activity();
  }
  for (; j < width; ++j) {
    const auto size = static_cast<std::uint16_t>(emitted[j] < 0 ? -emitted[j] : emitted[j]);
    all += {.spikes = size != 0 ? 1U : 0U, .magnitude = size, .shift_adds = static_cast<unsigned>(std::popcount(size))};
  }
  all.updates = width;
  return all;
}

void add_up(std::span<const std::int32_t> added, std::int32_t* sums) {
  for (std::size_t i = 0; i < added.size(); ++i) sums[i] += added[i];
}

/// An offset so far: α t T is `share`; α t is `whole` where it is an integer.
struct TakenOff {
  bool is_whole;
  std::uint32_t whole;
  double share, timesteps;
};

TakenOff taken_off(const Offset& offset) {
  const std::int64_t share = std::int64_t{offset.total} * offset.steps, whole = share / offset.timesteps;
  return {whole * offset.timesteps == share, static_cast<std::uint32_t>(whole), static_cast<double>(share),
          static_cast<double>(offset.timesteps)};
}

/// Whole counts: the difference fits 32 bits, so it may be taken modulo 2^32.
inline float left_of(std::int32_t count, std::uint32_t whole, std::int32_t unit) {
  const std::uint32_t left = static_cast<std::uint32_t>(count) - whole * static_cast<std::uint32_t>(unit);
  return static_cast<float>(static_cast<std::int32_t>(left));
}

/// All integers stay below 2^53, so double holds them exactly.
inline float left_of(std::int32_t count, const TakenOff& off, std::int32_t unit) {
  return static_cast<float>((count * off.timesteps - off.share * unit) / off.timesteps);
}

/// unit(i): offsets to take off sum i.
template <typename Unit>
void scale(std::span<const float> scale, const std::int32_t* counts, const Offset& offset, const Unit& unit, float* y) {
  if (offset.total == 0) {
    for (std::size_t i = 0; i < scale.size(); ++i) y[i] = scale[i] * static_cast<float>(counts[i]);
    return;
  }
  const TakenOff off = taken_off(offset);
  if (off.is_whole)
    for (std::size_t i = 0; i < scale.size(); ++i) y[i] = scale[i] * left_of(counts[i], off.whole, unit(i));
  else
    for (std::size_t i = 0; i < scale.size(); ++i) y[i] = scale[i] * left_of(counts[i], off, unit(i));
}

/// outputs: std::size_t, or an integral constant that makes it known to the compiler.
template <typename Outputs>
void receive_row(const std::int32_t* __restrict added, const float* __restrict scale,
                 const std::int32_t* __restrict unit, const Offset& offset, Outputs outputs,
                 std::int32_t* __restrict sums, float* __restrict drive) {
  const TakenOff off = taken_off(offset);
  if (off.is_whole)
    for (std::size_t i = 0; i < outputs; ++i) {
      const std::int32_t sum = sums[i] + added[i];
      sums[i] = sum;
      drive[i] = scale[i] * left_of(sum, off.whole, unit[i]);
    }
  else
    for (std::size_t i = 0; i < outputs; ++i) {
      const std::int32_t sum = sums[i] + added[i];
      sums[i] = sum;
      drive[i] = scale[i] * left_of(sum, off, unit[i]);
    }
}

SNNSIM_WHOLE void receive(const ProductTile& tile, std::span<const DriveStep> steps, std::span<const float> scale,
                          const std::int32_t* unit) {
  const std::size_t first = tile.first_output;
  for (std::size_t k = tile.first; k < tile.end; ++k) {
    const auto row = [&](auto outputs) {
      receive_row(tile.row(k), scale.data() + first, unit + first, steps[k].offset, outputs, steps[k].sums + first,
                  steps[k].drive + first);
    };
    if (tile.outputs == IntegerWeights::kTile)
      row(std::integral_constant<std::size_t, IntegerWeights::kTile>());
    else
      row(tile.outputs);
  }
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
HWY_EXPORT(receive);
HWY_EXPORT(scale_sums);
HWY_EXPORT(scale_emitted);

PopulationActivity update_neurons(const NeuronModel& neuron, const NeuronRow& row) {
  HWY_DYNAMIC_DISPATCH(update)(neuron, row);
  return HWY_DYNAMIC_DISPATCH(tally)(row.spikes, row.width);
}

void add_counts(std::span<const std::int32_t> added, std::int32_t* sums) {
  HWY_DYNAMIC_DISPATCH(add_up)(added, sums);
}

void receive_products(const ProductTile& tile, std::span<const DriveStep> steps, std::span<const float> scale,
                      const std::int32_t* unit) {
  HWY_DYNAMIC_DISPATCH(receive)(tile, steps, scale, unit);
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
