#pragma once

#include <utility>
#include <vector>

#include "core/spiking_graph.hpp"

namespace snnsim::tests {

/// A population that rounds to nearest, one θ for all of its neurons.
inline Population population(NeuronModel neuron, LevelRange range, std::size_t width, float threshold = 1) {
  return {.name = std::string(name(neuron)),
          .neuron = neuron,
          .range = range,
          .threshold = std::vector<float>(width, threshold),
          .initial_potential = std::vector<float>(width, 0.5F)};
}

/// Integer synapses with unit scales; weights: (out × in), row-major.
inline Projection integer_projection(std::size_t out, std::size_t in, const std::vector<std::int8_t>& weights) {
  return {.name = "integer",
          .synapses =
              IntegerSynapses{std::make_shared<const IntegerWeights>(out, in, weights), std::vector<float>(out, 1.0F)}};
}

/// The same as sparse synapses: those whose weight is not 0.
inline Projection sparse_projection(std::size_t out, std::size_t in, const std::vector<std::int8_t>& weights) {
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint32_t> targets;
  std::vector<std::int8_t> kept;
  for (std::size_t j = 0; j < in; ++j) {
    for (std::size_t i = 0; i < out; ++i) {
      if (weights[i * in + j] == 0) continue;
      targets.push_back(static_cast<std::uint32_t>(i));
      kept.push_back(weights[i * in + j]);
    }
    offsets.push_back(targets.size());
  }
  return {.name = "sparse",
          .synapses = SparseSynapses{std::make_shared<const SparseWeights>(out, in, offsets, targets, kept),
                                     std::vector<float>(out, 1.0F)}};
}

inline Projection float_projection(Matrix<float> weights) {
  return {.name = "float", .synapses = FloatSynapses{std::make_shared<const MatrixWeights>(std::move(weights))}};
}

}  // namespace snnsim::tests
