#pragma once

#include <cstdint>

#include "core/simulation/executor.hpp"
#include "experiments/network/build_network.hpp"

namespace snnsim::experiments {

/// A network after its last step, and what that took.
struct NetworkRun {
  NetworkState state;
  SimulationTiming timing;
  double wall_s = 0;  // of the simulation; building the network is not in it
};

/// How time runs in a network: every population starts at the first step, and nothing happens after the last.
TimeSettings time_settings(const NetworkDescription& network);

/// Simulates all trials for all steps. `probe` may be null.
NetworkRun run_network(const NetworkDescription& network, const BuiltNetwork& built, Probe* probe);

/// Sizes of a network.
struct NetworkSize {
  std::uint64_t inputs = 0, neurons = 0;  // emitters whose spikes are given, and simulated ones
  std::uint64_t synapses = 0;
  std::uint64_t weight_bytes = 0, state_bytes = 0;  // in memory; the state is that of all trials
  std::uint64_t synaptic_operations = 0;            // if every neuron spiked at every step
};
NetworkSize size_of(const NetworkDescription& network, const BuiltNetwork& built);

}  // namespace snnsim::experiments
