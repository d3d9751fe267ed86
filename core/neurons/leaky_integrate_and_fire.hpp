#pragma once

#include <bit>

#include "core/neurons/input_pattern.hpp"
#include "core/neurons/neuron_row.hpp"

namespace snnsim {

/// Leaky integrate-and-fire (LIF) neuron: binary, unsigned, clocked; with β = 1 the plain IF neuron. Lapicque 1907, in
/// the discrete form of Eshraghian et al., "Training Spiking Neural Networks Using Lessons From Deep Learning" (Proc.
/// IEEE 2023), eq. (4), without the factor on the current.
///
///     I(t) = X(t) - X(t-1)
///     m(t) = β v(t-1) + I(t)
///     s(t) = [m(t) >= θ]
///     v(t) = m(t) where s(t) = 0; where s(t) = 1, m(t) - θ (subtract) or 0 (zero)
///
/// For R steps after a spike v stays as it is: what arrives then is lost, and the neuron does not fire.
///
/// | parameter | meaning                                | unit    | value here                     |
/// |-----------|----------------------------------------|---------|--------------------------------|
/// | θ         | threshold                              | current | from the population            |
/// | v(0)      | initial potential                      | θ       | from the population            |
/// | β         | share of the potential that a step keeps | 1     | 0..1; exp(-Δt/τ) of a continuous neuron |
/// | reset     | subtract θ, or to zero                 | -       |                                |
/// | R         | refractory time                        | step    | >= 0                           |
///
/// A leak makes v depend on when current came, not only on how much, so unlike elsewhere v is stored, in floating
/// point. It is exact all the same: X(t) is a pure function of integer accumulators, and v(t) one of X(1..t), so spikes
/// depend on no kernel and no thread. I(t) is resolved to 2^-24 of the largest |X|; it is exact while the accumulators
/// stay below 2^24 and scales are powers of two.
struct LeakyIntegrateAndFire {
  static constexpr const char* kName = "leaky_integrate_and_fire";
  static constexpr bool kClocked = true;
  // Emitted counts, bits of X(t-1), bits of v, refractory steps left.
  static constexpr std::size_t kStateWords = 4, kCounts = 1;

  enum class Reset : std::uint8_t { subtract, zero };

  float leak = 1;  // β
  Reset reset = Reset::subtract;
  std::int32_t refractory = 0;  // R

  static constexpr std::int32_t offset() { return 0; }
  /// It stands for no quantizer.
  static constexpr bool exact(const InputPattern&) { return false; }

  void update(const NeuronRow& row) const {
    std::int32_t* potential = row.state + 2 * row.width;
    for (std::size_t j = 0; row.step == 1 && j < row.width; ++j)
      potential[j] = std::bit_cast<std::int32_t>(row.initial_potential[j] * row.threshold[j]);
    if (reset == Reset::zero)
      fire(row, [](float, float) { return 0.0F; });
    else
      fire(row, [](float m, float threshold) { return m - threshold; });
  }
  static std::int32_t next_update(const NeuronRow&) { return 0; }

 private:
  template <typename AfterSpike>
  void fire(const NeuronRow& row, const AfterSpike& after_spike) const {
    std::int32_t *emitted = row.state, *received = emitted + row.width, *potential = received + row.width,
                 *resting = potential + row.width;
    for (std::size_t j = 0; j < row.width; ++j) {
      const float drive = row.drive[j], threshold = row.threshold[j];
      const auto v = std::bit_cast<float>(potential[j]);
      const float m = leak * v + (drive - std::bit_cast<float>(received[j]));
      const bool rests = resting[j] > 0, fires = !rests & (m >= threshold);
      const float next = fires ? after_spike(m, threshold) : m;
      potential[j] = std::bit_cast<std::int32_t>(rests ? v : next);
      received[j] = std::bit_cast<std::int32_t>(drive);
      resting[j] = fires ? refractory : resting[j] - (rests ? 1 : 0);
      emitted[j] += fires ? 1 : 0;
      row.spikes[j] = fires ? 1 : 0;
    }
  }
};

}  // namespace snnsim
