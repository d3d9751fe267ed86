#pragma once

#include <memory>
#include <string_view>

#include "core/simulation/network_state.hpp"

namespace snnsim {

/// When the output first changed and when the network fell silent, in ticks; one tick is one step here.
struct SimulationTiming {
  Tick first_output = 0;  // 0: never
  Tick quiescence = 0;    // the last tick at which anything changed
};

/// Drives a NetworkState over T steps for the positions [first, end): decides which rows of which node are updated
/// when.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual std::string_view name() const = 0;
  virtual SimulationTiming run(NetworkState& state, Position first, Position end, Probe* probe) const = 0;
};

/// Plain loops over steps and nodes in rank order, no queue: what tensor frameworks compute.
std::unique_ptr<const Executor> make_stepped_executor(const SpikingGraph& graph, std::uint32_t timesteps);
/// Events in a priority queue, in the total order (tick, rank, node, position).
std::unique_ptr<const Executor> make_event_executor(const SpikingGraph& graph, std::uint32_t timesteps);

}  // namespace snnsim
