#pragma once

#include "core/neuron_model.hpp"
#include "experiments/network/network_description.hpp"

namespace snnsim::experiments {

/// The dynamics that a population's keys ask for.
NeuronModel make_neuron(const PopulationSection& population, const NetworkDescription& network);

/// What the counts of one neuron's spikes can add up to in all steps, at most.
std::int64_t most_emitted(const PopulationSection& population, std::int64_t timesteps);

}  // namespace snnsim::experiments
