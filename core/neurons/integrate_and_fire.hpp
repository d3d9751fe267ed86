#pragma once

#include "core/neurons/input_pattern.hpp"
#include "core/neurons/neuron_row.hpp"
#include "core/rounding.hpp"

namespace snnsim {

/// Integrate-and-fire (IF) neuron: binary spikes, soft reset, clocked; the baseline of QCFS (Bu et al., ICLR 2022).
/// A signed site needs a positive and a negative neuron, driven by I and -I; their spikes count +1 and -1.
///
///     v±(t) = v±(t-1) ± I(t),   v±(0) = θ/2
///     s+(t) = [v+(t) >= θ],  s-(t) = [v-(t) > θ],   v± -= s± θ
///
/// | parameter | meaning                           | unit       | value here                       |
/// |-----------|-----------------------------------|------------|----------------------------------|
/// | θ         | threshold, the quantizer's step λ | activation | from the population              |
/// | v(0)      | initial potential of both         | θ          | from the population, default 1/2 |
///
/// At most one spike per step, so T steps reach ±T levels. The negative neuron needs v > θ, not >=, so that exact
/// halves round up on both sides as Q(X) does. Exact at T = 1 with levels ±1; later only for currents that never
/// reverse. A NaN counts as a current below all levels.
struct IntegrateAndFire {
  static constexpr const char* kName = "integrate_and_fire";
  static constexpr bool kClocked = true;                      // it fires again without input while v stays above θ
  static constexpr std::size_t kStateWords = 2, kCounts = 2;  // spikes of the positive neurons, then of the negative

  LevelRange range;
  std::int32_t timesteps;  // T >= 1

  static constexpr std::int32_t offset() { return 0; }
  bool exact(const InputPattern& input) const { return timesteps == 1 && range == LevelRange{-1, 1} && !input.spread; }

  static void update(const NeuronRow& row) {
    std::int32_t* positive = row.state;
    std::int32_t* negative = row.state + row.width;
    for (std::size_t j = 0; j < row.width; ++j) {
      const float x = row.drive[j] / row.threshold[j], start = row.initial_potential[j];
      // v+ >= θ and v- > θ, both around the sum x + 1/2 that Q(X) rounds: -x + 1/2 would round elsewhere.
      const int fires = x + start >= static_cast<float>(positive[j] + 1) ? 1 : 0;
      const int fires_negative = x + (1.0F - start) >= static_cast<float>(-negative[j]) ? 0 : 1;
      positive[j] += fires;
      negative[j] += fires_negative;
      row.spikes[j] = static_cast<std::int16_t>(fires - fires_negative);
    }
  }
  static std::int32_t next_update(const NeuronRow&) { return 0; }
};

}  // namespace snnsim
