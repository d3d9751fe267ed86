#pragma once

#include <limits>

#include "core/neurons/input_pattern.hpp"
#include "core/neurons/neuron_row.hpp"
#include "core/neurons/sigma_delta.hpp"

namespace snnsim {

/// ST-BIF neuron (bipolar integrate-and-fire with a spike tracer): at most B unit spikes of either sign at a time
/// towards the quantized sum. SpikeZIP-TF (You et al., ICML 2024) is B = 1; method.md section 2.
///
///     target(t) = Q(X(t))/θ
///     s(t) = clip(target(t) - S(t-1), -B, B) unless it spiked less than R ticks ago,  S(t) = S(t-1) + s(t)
///
/// | parameter | meaning                           | unit       | value here                       |
/// |-----------|-----------------------------------|------------|----------------------------------|
/// | θ         | threshold, the quantizer's step λ | activation | from the population              |
/// | v(0)      | rounding offset                   | θ          | from the population, default 1/2 |
/// | B         | spikes at a time                  | count      | conversion.max_spikes, 1..255    |
/// | R         | refractory time                   | tick       | conversion.refractory; one step  |
/// | low, high | levels of the quantizer           | count      | from the quantizer               |
///
/// Equals the quantizer once quiescent (target reached); a deficit left at the last step is unevenness. It goes on
/// emitting without new input while it has a deficit, as soon as it may.
struct StBif {
  static constexpr const char* kName = "st_bif";
  static constexpr bool kClocked = false;
  static constexpr std::size_t kStateWords = 2, kCounts = 1;  // emitted counts, then the ticks from which it may spike

  LevelRange range;
  std::int32_t max_spikes;      // B >= 1
  std::int32_t timesteps;       // T >= 1
  std::int32_t refractory = 1;  // R >= 1

  static constexpr std::int32_t offset() { return 0; }
  bool exact(const InputPattern& input) const {
    const bool reaches_all_in_one = timesteps == 1 && max_spikes >= std::max(range.high, -range.low) && !input.spread;
    const bool never_behind =
        max_spikes >= range.high - range.low && !input.spread && refractory <= input.ticks_per_step;
    return reaches_all_in_one || never_behind || input.settles;
  }

  std::int32_t deficit(const NeuronRow& row, std::size_t j) const {
    return SigmaDelta::target(row.drive[j], row.threshold[j], row.initial_potential[j], range) - row.state[j];
  }
  void update(const NeuronRow& row) const {
    std::int32_t* ready = row.state + row.width;
    for (std::size_t j = 0; j < row.width; ++j) {
      const std::int32_t wanted = std::min(std::max(-max_spikes, deficit(row, j)), max_spikes);
      const std::int32_t s = ready[j] <= row.tick ? wanted : 0;
      row.spikes[j] = static_cast<std::int16_t>(s);
      row.state[j] += s;
      ready[j] = s != 0 ? row.tick + refractory : ready[j];
    }
  }
  /// When the first neuron that is behind may spike.
  std::int32_t next_update(const NeuronRow& row) const {
    constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();
    const std::int32_t* ready = row.state + row.width;
    std::int32_t next = never;
    for (std::size_t j = 0; j < row.width; ++j) next = std::min(next, deficit(row, j) != 0 ? ready[j] : never);
    return next == never ? 0 : next;
  }
};

}  // namespace snnsim
