#pragma once

#include <vector>

#include "core/spiking_graph.hpp"
#include "experiments/network/network_description.hpp"

namespace snnsim::experiments {

/// A network ready to run: a trial is a row.
struct BuiltNetwork {
  SpikingGraph graph;
  std::vector<NodeId> inputs, populations, projections;  // in the order of the description
  std::vector<std::uint64_t> left_out;                   // per input: spikes of its file after the last step
};

/// Opens the files that a network names, draws what is random and connects the nodes. Throws ConfigurationError for a
/// cycle without a delay and for weights whose sums may not fit into 32 bits, DataError for a file that does not hold
/// what it should.
BuiltNetwork build_network(const NetworkDescription& network);

}  // namespace snnsim::experiments
