#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace snnsim {

/// An external input with a course of its own over the steps; shared and const while networks run.
class InputSignal {
 public:
  virtual ~InputSignal() = default;
  virtual std::size_t width() const = 0;
  /// Takes the cumulative values of a position, all 0 at first, from the end of step - 1 to the end of `step`. Called
  /// for the steps from 1 on, each once. Returns whether a value changed. values: (width).
  virtual bool advance(std::uint32_t position, std::uint32_t step, std::span<float> values) const = 0;
};

/// A constant current: the cumulative value after step t is t × current.
class SteadyCurrent final : public InputSignal {
 public:
  explicit SteadyCurrent(std::vector<float> current) : current_(std::move(current)) {}
  std::size_t width() const override { return current_.size(); }
  bool advance(std::uint32_t position, std::uint32_t step, std::span<float> values) const override;

 private:
  std::vector<float> current_;  // (width), per step
};

/// Spikes of a neuron at a step. Positions are the trials of a batch.
struct SpikeEvent {
  std::uint32_t step = 1;  // from 1 on
  std::uint32_t position = 0;
  std::uint32_t neuron = 0;
  std::int32_t count = 1;
};

/// Given spikes: the cumulative value counts them, exactly while it stays below 2^24.
class SpikeTrains final : public InputSignal {
 public:
  /// Events in any order; those of the same step, position and neuron add up. One position: all share its spikes.
  /// Throws std::out_of_range for an event beyond width, steps or positions.
  SpikeTrains(std::size_t width, std::uint32_t steps, std::uint32_t positions, std::vector<SpikeEvent> events);

  std::size_t width() const override { return width_; }
  bool advance(std::uint32_t position, std::uint32_t step, std::span<float> values) const override;
  /// Sorted by (step, position, neuron), no two of the same.
  std::span<const SpikeEvent> events() const { return events_; }

 private:
  std::size_t width_;
  std::uint32_t steps_, positions_;
  std::vector<SpikeEvent> events_;
  std::vector<std::size_t> begin_;  // of each (step, position), and the end
};

}  // namespace snnsim
