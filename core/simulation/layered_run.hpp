#pragma once

#include "core/simulation/executor.hpp"

namespace snnsim {

/// True if a network can be simulated node by node, many steps of a node at once: spikes take no time, so what a node
/// does at a step depends on nothing later; nothing happens between steps; and it is known which step is the last.
bool runs_in_layers(const SpikingGraph& graph, const TimeSettings& settings);

/// Steps of a window that suit run_in_layers() for so many token positions of so many values: many, unless what a node
/// shows after each of them would not stay in cache.
std::uint32_t steps_at_once(std::size_t widest, std::size_t positions);

/// The events of a run in the order (window of steps, rank, node, step) instead of (step, rank, node): the same bits,
/// for updates that depend on each other come in the same order. A weight is read once for all steps of a
/// window, and the state of a node stays in cache from step to step.
SimulationTiming run_in_layers(const SpikingGraph& graph, const Timetable& timetable, NetworkState& state,
                               Position first, Position end, std::uint32_t at_once, Probe* probe);

}  // namespace snnsim
