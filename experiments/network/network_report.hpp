#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "experiments/network/run_network.hpp"

namespace snnsim::experiments {

/// The report of a network that ran: the content of report.json. Everything but `timing` and `provenance` is the same
/// for every number of threads.
///
/// name, hash, settings { timesteps, ticks_per_step, trials, neurons, inputs, synapses }
/// inputs, populations  each: neurons, spikes, magnitude (Σ |s|), firing_rate = spikes / (neurons × steps × trials);
///                      of an input, left_out: spikes of its file after the last step
/// projections          each: from, to, synapses, kind (dense or sparse), spikes it carried, synaptic_operations
/// operations           exact counts of the populations; inputs only as spikes that reach synapses
/// energy               one object per cost table, in pJ for all trials
/// timing               ticks; wall_s and synaptic_operations_per_s of the simulation alone
nlohmann::ordered_json network_report(const NetworkDescription& network, const BuiltNetwork& built,
                                      const NetworkRun& run, const std::string& hash);

/// What a run prints at its end: a line per population, of long networks the first ones, in 100 columns.
std::string network_summary(const nlohmann::ordered_json& report);

}  // namespace snnsim::experiments
