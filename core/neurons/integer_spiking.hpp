#pragma once

#include "core/neurons/input_pattern.hpp"
#include "core/neurons/neuron_row.hpp"
#include "core/rounding.hpp"

namespace snnsim {

/// Integer-spiking (IS) neuron: multi-threshold, offset, clocked. The neuron of the dual conversion (ICLR 2026
/// submission 15417); method.md eq. (2).
///
///     m(t) = v(t-1) + I(t) + α θ
///     s(t) = clip(floor(m(t)/θ), 0, L)
///     v(t) = m(t) - s(t) θ                     the reset uses the un-shifted s
///     emitted value = (s(t) - α) θ
///
/// | parameter | meaning                                   | unit            | value here                         |
/// |-----------|-------------------------------------------|-----------------|------------------------------------|
/// | θ         | threshold, the quantizer's step λ         | activation      | from the population                |
/// | v(0)      | initial potential                         | θ               | from the population, default 1/2   |
/// | α         | offset per step, so that s is unsigned    | count           | -low / T, kept as a rational       |
/// | L         | levels of one step                        | count           | ceil((high - low) / T)             |
///
/// Σ emitted = Q(X) when 0 <= I(t) + αθ < Lθ at every step and LT = high - low; at T = 1 always, and so when all input
/// is there at the first step and LT = high - low. Otherwise current that arrives late, or overshoots and is taken
/// back, is lost or kept: the unevenness error, which grows with T. A spike is the un-shifted count s(t) >= 0; the
/// offset is a constant that the projections add without a spike.
struct IntegerSpiking {
  static constexpr const char* kName = "integer_spiking";
  static constexpr bool kClocked = true;  // the offset drives it at every step, with or without input
  static constexpr std::size_t kStateWords = 1, kCounts = 1;

  LevelRange range;        // of the quantizer it replaces
  std::int32_t timesteps;  // T >= 1

  std::int32_t levels() const { return (range.high - range.low + timesteps - 1) / timesteps; }
  /// α × T: the count that all T offsets subtract together.
  std::int32_t offset() const { return -range.low; }
  bool exact(const InputPattern& input) const {
    if (input.spread) return false;
    return timesteps == 1 || (input.complete && (range.high - range.low) % timesteps == 0);
  }

  void update(const NeuronRow& row) const {
    // α t as a double keeps its fraction to 2^-40, far below the 2^-24 of the drive; it is an integer at t = T.
    const double offset_so_far = static_cast<double>(offset()) * row.step / timesteps;
    const double highest = levels();
    for (std::size_t j = 0; j < row.width; ++j) {
      const float level = row.drive[j] / row.threshold[j] + row.initial_potential[j];      // as in Q(X)
      const double potential = static_cast<double>(level) + offset_so_far - row.state[j];  // m(t)/θ
      const auto s = static_cast<std::int32_t>(std::min(std::max(0.0, std::floor(potential)), highest));
      row.state[j] += s;
      row.spikes[j] = static_cast<std::int16_t>(s);
    }
  }
  static std::int32_t next_update(const NeuronRow&) { return 0; }
};

}  // namespace snnsim
