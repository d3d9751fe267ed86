#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

#include "core/simulation/network_state.hpp"
#include "core/simulation/timetable.hpp"

namespace snnsim {

/// When the output first changed and when the network fell silent, and what waited at most.
struct SimulationTiming {
  Tick first_output = 0;           // 0: never
  Tick quiescence = 0;             // the last tick at which anything changed
  Tick horizon = 0;                // the last tick at which anything is clocked
  std::size_t peak_events = 0;     // batches in the event queue; 0 without one
  std::size_t peak_in_flight = 0;  // bytes of spikes on their way

  /// Makes every member the greater of two runs'.
  void include(const SimulationTiming& other) {
    first_output = std::max(first_output, other.first_output);
    quiescence = std::max(quiescence, other.quiescence);
    horizon = std::max(horizon, other.horizon);
    peak_events = std::max(peak_events, other.peak_events);
    peak_in_flight = std::max(peak_in_flight, other.peak_in_flight);
  }
};

/// Drives a NetworkState over T steps for the positions [first, end): decides which rows of which node are updated
/// when.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual std::string_view name() const = 0;
  virtual SimulationTiming run(NetworkState& state, Position first, Position end, Probe* probe) const = 0;
};

/// Plain loops over steps and nodes in rank order, no queue: what tensor frameworks compute. Spikes take no time here:
/// throws std::logic_error for a graph in which they do, for more than one tick per step and for a horizon in ticks.
std::unique_ptr<const Executor> make_stepped_executor(const SpikingGraph& graph, const TimeSettings& settings);
/// Events in a monotone queue, in the total order (tick, rank, node, position); spikes arrive at their own tick. Where
/// an order that needs no queue gives the same (runs_in_layers()), it takes that one.
std::unique_ptr<const Executor> make_event_executor(const SpikingGraph& graph, const TimeSettings& settings);
/// Always with the queue.
std::unique_ptr<const Executor> make_queue_executor(const SpikingGraph& graph, const TimeSettings& settings);

}  // namespace snnsim
