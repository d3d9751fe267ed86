#pragma once

#include "experiments/json_source.hpp"
#include "experiments/network/network_description.hpp"
#include "experiments/network/weight_arrays.hpp"

namespace snnsim::experiments {

/// What does not fit in the synapses of a projection; empty: nothing.
std::string csr_fault(std::span<const std::uint64_t> offsets, std::span<const std::uint32_t> targets,
                      std::size_t weights, const ProjectionShape& shape);
inline constexpr const char* csr_remedy =
    "offsets: one for each source neuron and the end; targets and weights: one for each synapse";

/// Throws ConfigurationError, with the place in the file, for the first thing that does not fit with the rest of the
/// network; what can be said without opening another file.
void check_network(const JsonSource& source, const NetworkDescription& network);

}  // namespace snnsim::experiments
