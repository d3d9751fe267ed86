#pragma once

#include <memory>

#include "core/input_signal.hpp"
#include "experiments/network/network_description.hpp"

namespace snnsim::experiments {

/// The spikes of an input, and what bounds them.
struct InputTrains {
  std::shared_ptr<const SpikeTrains> trains;
  std::int64_t most = 0;       // max over neurons and trials of Σ |count|
  std::uint64_t left_out = 0;  // spikes of the file after the last step
};

/// The trains of input `index`. Throws ConfigurationError or DataError for what the neurons cannot emit: more than
/// 32767 spikes at a step, 2^23 in all; and for a file that does not hold what it should.
InputTrains make_trains(const NetworkDescription& network, std::size_t index);

}  // namespace snnsim::experiments
