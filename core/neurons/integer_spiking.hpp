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
/// | δ(t)      | added to α at step t, taken off nowhere   | θ               | from the population, default 0     |
///
/// Σ emitted = Q(X) when 0 <= I(t) + αθ < Lθ at every step and LT = high - low; at T = 1 always, and so when all input
/// is there at the first step and LT = high - low. Otherwise current that arrives late, or overshoots and is taken
/// back, is lost or kept: the unevenness error, which grows with T. A spike is the un-shifted count s(t) >= 0; the
/// offset is a constant that the projections add without a spike.
struct IntegerSpiking {
  static constexpr const char* kName = "integer_spiking";
  static constexpr bool kClocked = true;  // the offset drives it at every step, with or without input
  static constexpr std::size_t kStateWords = 1, kCounts = 1;

  LevelRange range;            // of the quantizer it replaces
  std::int32_t timesteps = 1;  // T >= 1

  std::int32_t levels() const { return (range.high - range.low + timesteps - 1) / timesteps; }
  /// α × T: the count that all T offsets subtract together.
  std::int32_t offset() const { return -range.low; }
  bool exact(const InputPattern& input) const {
    if (input.spread) return false;
    return timesteps == 1 || (input.complete && (range.high - range.low) % timesteps == 0);
  }

  void update(const NeuronRow& row) const {
    const std::int64_t so_far = std::int64_t{offset()} * row.step;  // α t T
    if (so_far % timesteps == 0)
      fire(row,
           [whole = static_cast<std::int32_t>(so_far / timesteps)](float level) { return whole + floor_of(level); });
    else  // α t as a double keeps its fraction to 2^-40, far below the 2^-24 of the drive
      fire(row, [share = static_cast<double>(so_far) / timesteps](float level) {
        return floor_of(static_cast<double>(level) + share);
      });
  }
  static std::int32_t next_update(const NeuronRow&) { return 0; }

 private:
  /// Beyond any count; a NaN counts as below all levels.
  template <typename Real>
  static std::int32_t floor_of(Real level) {
    constexpr Real bound = 1 << 30;
    return static_cast<std::int32_t>(std::min(std::max(-bound, std::floor(level)), bound));
  }

  /// counts(level): floor(X/θ + v(0)/θ + Σ δ + α t).
  template <typename Counts>
  void fire(const NeuronRow& row, const Counts& counts) const {
    const std::int32_t most = levels();
    for (std::size_t j = 0; j < row.width; ++j) {
      const float level = row.drive[j] / row.threshold[j] + (row.initial_potential[j] + row.added);  // as in Q(X)
      const std::int32_t s = std::min(std::max(0, counts(level) - row.state[j]), most);  // floor(m(t)/θ), clipped
      row.state[j] += s;
      row.spikes[j] = static_cast<std::int16_t>(s);
    }
  }
};

}  // namespace snnsim
