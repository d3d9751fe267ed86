#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/kernels/float_product.hpp"
#include "core/kernels/integer_product.hpp"
#include "core/kernels/sparse_product.hpp"

namespace snnsim {

/// Integer synapses: acc_i += Σ_j W_ij s_j in int32; drive_i = scale_i × (acc_i - Σ_j W_ij × offset). The input is a
/// population; its threshold, or that of its first neuron with the others' ratios to it in W, is folded into scale.
struct IntegerSynapses {
  std::shared_ptr<const IntegerWeights> weights;  // (out × in), shared with the QuantizedModel
  std::vector<float> scale;                       // s_w,i × θ (out)
};

/// The same where most pairs of neurons have no synapse.
struct SparseSynapses {
  std::shared_ptr<const SparseWeights> weights;  // (out × in)
  std::vector<float> scale;                      // (out)
};

/// Synapses whose weights, or whose input, stay in floating point: drive = W × cumulative value of the input,
/// recomputed for rows that changed. The input is a population or an operator.
struct FloatSynapses {
  std::shared_ptr<const FloatWeights> weights;  // (out × in)
};

/// How long it takes what a neuron emits in a step, its spikes and the offset that is taken off, to reach the synapses:
/// `delay` ticks, and for each neuron and step a number of ticks 0..jitter more (lags() of simulation/volley.hpp).
struct Axon {
  std::uint32_t delay = 0;   // ticks
  std::uint16_t jitter = 0;  // ticks, the largest
  bool travels() const { return delay > 0 || jitter > 0; }
};

/// Weighted connections from one node to the drive of another.
struct Projection {
  std::string name;  // blocks.<k>.<matrix>
  std::variant<IntegerSynapses, SparseSynapses, FloatSynapses> synapses;
  int weight_bits = 8;
  Axon axon{};

  /// Synapses are integers that add up in accumulators, driven by the spikes of a population.
  bool counts_spikes() const { return !std::holds_alternative<FloatSynapses>(synapses); }

  std::size_t out() const {
    return std::visit([](const auto& s) { return s.weights->out(); }, synapses);
  }
  std::size_t in() const {
    return std::visit([](const auto& s) { return s.weights->in(); }, synapses);
  }
  std::size_t synapse_count() const {
    const auto* sparse = std::get_if<SparseSynapses>(&synapses);
    return sparse != nullptr ? sparse->weights->synapses() : out() * in();
  }
};

}  // namespace snnsim
