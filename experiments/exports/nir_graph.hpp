#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/matrix.hpp"
#include "experiments/network/build_network.hpp"

namespace snnsim::experiments {

/// A parameter of a node: a number for each neuron, a matrix (targets × sources), or a shape.
using NirArray = std::variant<std::vector<float>, Matrix<float>, std::vector<std::int64_t>>;

/// A node of the Neuromorphic Intermediate Representation (NIR; Pedersen et al., Nature Communications 15, 8122, 2024).
struct NirNode {
  std::string name, type;                                    // Input, Output, Linear, Affine, Delay, IF or LIF
  std::vector<std::pair<std::string, NirArray>> parameters;  // by the names that NIR has for them
};

/// What NIR can say of a network, and one line for each thing that it cannot. The unit of time is a step.
///
///   input                            Input
///   projection                       Linear, scale × weight; Affine with the constant current of its target, if that
///                                    has one and this is the first projection to it
///   delay of a projection            Delay before it
///   leaky_integrate_and_fire, leak 1 IF, r = 1
///   the same with another leak β     LIF, τ = -1 / ln β, r = 1 / (1 - β): a constant current gives the same potentials
///   population without projections   Output behind it
struct NirGraph {
  std::vector<NirNode> nodes;
  std::vector<std::pair<std::string, std::string>> edges;
  std::vector<std::string> left_out;
};

/// Throws ConfigurationError when NIR can say nothing of any population.
NirGraph nir_graph(const NetworkDescription& network, const BuiltNetwork& built);

/// A file that nir.read() of the public library reads, version 1.0 of the format: HDF5, what is left out in
/// /node/metadata. Throws DataError.
void write_nir(const NirGraph& graph, const std::filesystem::path& path);

}  // namespace snnsim::experiments
