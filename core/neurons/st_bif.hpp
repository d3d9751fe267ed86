#pragma once

#include "core/neurons/neuron_row.hpp"
#include "core/neurons/sigma_delta.hpp"

namespace snnsim {

/// ST-BIF neuron (bipolar integrate-and-fire with a spike tracer): at most B unit spikes of either sign per step
/// towards the quantized sum. SpikeZIP-TF (You et al., ICML 2024) is B = 1; method.md section 2.
///
///     target(t) = Q(X(t))/θ
///     s(t) = clip(target(t) - S(t-1), -B, B),  S(t) = S(t-1) + s(t)
///
/// | parameter | meaning                           | unit       | value here                       |
/// |-----------|-----------------------------------|------------|----------------------------------|
/// | θ         | threshold, the quantizer's step λ | activation | from the population              |
/// | v(0)      | rounding offset                   | θ          | from the population, default 1/2 |
/// | B         | spikes per step                   | count      | conversion.max_spikes, 1..255    |
/// | low, high | levels of the quantizer           | count      | from the quantizer               |
///
/// Equals the quantizer once quiescent (target reached); a deficit left at the last step is unevenness. It goes on
/// emitting at later steps without new input while it has a deficit.
struct StBif {
  static constexpr const char* kName = "st_bif";
  static constexpr bool kClocked = false;
  static constexpr std::size_t kStateWords = 1;

  LevelRange range;
  std::int32_t max_spikes;  // B >= 1
  std::int32_t timesteps;   // T >= 1

  static constexpr std::int32_t offset() { return 0; }
  bool exact() const {
    const bool reaches_all_in_one = timesteps == 1 && max_spikes >= std::max(range.high, -range.low);
    return reaches_all_in_one || max_spikes >= range.high - range.low;
  }

  void update(const NeuronRow& row) const {
    for (std::size_t j = 0; j < row.width; ++j) {
      const std::int32_t deficit =
          SigmaDelta::target(row.drive[j], row.threshold[j], row.initial_potential[j], range) - row.state[j];
      const std::int32_t s = std::min(std::max(-max_spikes, deficit), max_spikes);
      row.spikes[j] = static_cast<std::int16_t>(s);
      row.state[j] += s;
    }
  }
  bool pending(const NeuronRow& row) const {
    std::size_t behind = 0;
    for (std::size_t j = 0; j < row.width; ++j)
      behind +=
          SigmaDelta::target(row.drive[j], row.threshold[j], row.initial_potential[j], range) != row.state[j] ? 1 : 0;
    return behind > 0;
  }
};

}  // namespace snnsim
