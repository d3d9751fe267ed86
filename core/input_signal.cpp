#include "core/input_signal.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>

namespace snnsim {
namespace {

auto place(const SpikeEvent& event) {
  return std::tuple(event.step, event.position, event.neuron);
}

/// Adds up the counts of neighbours that have the same place.
void merge(std::vector<SpikeEvent>& events) {
  std::size_t kept = 0;
  for (const SpikeEvent& event : events) {
    if (kept > 0 && place(events[kept - 1]) == place(event))
      events[kept - 1].count += event.count;
    else
      events[kept++] = event;
  }
  events.resize(kept);
}

}  // namespace

bool SteadyCurrent::advance(std::uint32_t, std::uint32_t step, std::span<float> values) const {
  for (std::size_t i = 0; i < current_.size(); ++i) values[i] = current_[i] * static_cast<float>(step);
  return true;
}

SpikeTrains::SpikeTrains(std::size_t width, std::uint32_t steps, std::uint32_t positions,
                         std::vector<SpikeEvent> events)
    : width_(width), steps_(steps), positions_(positions), events_(std::move(events)) {
  for (const SpikeEvent& e : events_)
    if (e.step < 1 || e.step > steps || e.position >= positions || e.neuron >= width)
      throw std::out_of_range(
          fmt::format("a spike of neuron {} at step {}, position {}", e.neuron, e.step, e.position));
  std::ranges::sort(events_, {}, place);
  merge(events_);
  begin_.assign(std::size_t{steps} * positions + 1, 0);
  for (const SpikeEvent& e : events_) ++begin_[std::size_t{e.step - 1} * positions + e.position + 1];
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
}

bool SpikeTrains::advance(std::uint32_t position, std::uint32_t step, std::span<float> values) const {
  if (step > steps_) return false;
  const std::size_t place = std::size_t{step - 1} * positions_ + (positions_ == 1 ? 0 : position);
  for (std::size_t i = begin_[place]; i < begin_[place + 1]; ++i)
    values[events_[i].neuron] += static_cast<float>(events_[i].count);
  return begin_[place] < begin_[place + 1];
}

}  // namespace snnsim
