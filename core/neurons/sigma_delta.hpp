#pragma once

#include "core/neurons/input_pattern.hpp"
#include "core/neurons/neuron_row.hpp"
#include "core/rounding.hpp"

namespace snnsim {

/// Sigma-delta neuron: graded, signed, sum-tracking, event-driven; method.md section 2.
///
///     S(t) = Q(X(t))/θ,  X(t) = Σ_{i<=t} I(i)
///     s(t) = S(t) - S(t-1)
///
/// | parameter | meaning                           | unit       | value here                       |
/// |-----------|-----------------------------------|------------|----------------------------------|
/// | θ         | threshold, the quantizer's step λ | activation | from the population              |
/// | v(0)      | rounding offset                   | θ          | from the population, default 1/2 |
/// | low, high | levels of the quantizer           | count      | from the quantizer               |
///
/// Exact for every arrival pattern and every T; it pays in events, and a spike carries a signed count of up to n + 1
/// bits.
struct SigmaDelta {
  static constexpr const char* kName = "sigma_delta";
  static constexpr bool kClocked = false;
  static constexpr std::size_t kStateWords = 1, kCounts = 1;

  LevelRange range;

  static constexpr std::int32_t offset() { return 0; }
  static constexpr bool exact(const InputPattern&) { return true; }

  /// Q(X)/θ with the rounding offset v(0)/θ.
  static std::int32_t target(float drive, float threshold, float initial_potential, LevelRange range) {
    const float level = std::floor(drive / threshold + initial_potential);
    return static_cast<std::int32_t>(
        std::min(std::max(static_cast<float>(range.low), level), static_cast<float>(range.high)));
  }

  void update(const NeuronRow& row) const {
    for (std::size_t j = 0; j < row.width; ++j) {
      const std::int32_t sum = target(row.drive[j], row.threshold[j], row.initial_potential[j], range);
      row.spikes[j] = static_cast<std::int16_t>(sum - row.state[j]);
      row.state[j] = sum;
    }
  }
  static std::int32_t next_update(const NeuronRow&) { return 0; }
};

}  // namespace snnsim
