#pragma once

#include <utility>
#include <vector>

#include "core/spiking_graph.hpp"

namespace snnsim::tests {

/// Weights of a float projection, held as they are.
class StoredWeights final : public FloatWeights {
 public:
  explicit StoredWeights(Matrix<float> values) : values_(std::move(values)) {}
  std::size_t out() const override { return values_.rows(); }
  std::size_t in() const override { return values_.columns(); }
  void read_row(std::size_t i, float* values) const override { std::copy_n(values_.row(i), in(), values); }
  const Matrix<float>& values() const { return values_; }

 private:
  Matrix<float> values_;
};

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

inline Projection float_projection(Matrix<float> weights) {
  return {.name = "float", .synapses = FloatSynapses{std::make_shared<const StoredWeights>(std::move(weights))}};
}

}  // namespace snnsim::tests
