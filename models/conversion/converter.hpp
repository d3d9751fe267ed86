#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "core/simulation/executor.hpp"
#include "core/spiking_graph.hpp"
#include "models/calibration/calibration.hpp"
#include "models/conversion/late_outputs.hpp"
#include "models/quantization/quantized_model.hpp"

namespace snnsim::models {

struct ConversionOptions {
  std::uint32_t timesteps = 4;  // T >= 1
  SourceSchedule embedding = SourceSchedule::constant;
  /// The neuron of a population, given its name and the range of the quantizer it replaces.
  std::function<NeuronModel(std::string_view population, LevelRange range)> neuron;
  /// The phase of a population (Population::phase); empty: all start with their inputs.
  std::function<std::optional<std::uint32_t>(std::string_view population)> phase{};
  /// What delays and phases make of a population's input; empty: it comes in steps.
  std::function<InputPattern(std::string_view population)> input{};
  Axon axon{};  // of every projection
  /// Thresholds, potentials, phases, biases and weights; null: those of the quantizers. Where the channels of a site
  /// have thresholds in other ratios than the quantizer's steps, what it feeds adds up in fp32.
  const Calibration* calibration = nullptr;
  std::uint32_t refinement =
      1;  // thresholds that are not calibrated are so many times finer than the quantizers' steps
};

/// A converted model: the graph, and where its parts are.
struct SpikingModel {
  SpikingGraph graph;
  std::vector<PerSite<NodeId>> sites;  // per block: the population of a site, or the operator of an analog one;
                                       // optional sites are found by name
  std::vector<NodeId> streams;         // per block: the residual stream behind it
  Readout readout{};
  std::uint32_t timesteps = 1;
  bool exact = false;  // every population equals its quantizer for every input: SNN = QANN must hold, bit for bit

  bool spiking(NodeId site) const { return std::holds_alternative<Population>(graph.node(site)); }
};

/// Replaces every activation quantizer of the QANN by a population of neurons, every product by a projection, and
/// everything between by temporal-difference operators (method.md section 3).
/// Throws ConfigurationError when the accumulators of a projection could overflow 32 bits.
SpikingModel convert(const QuantizedModel& model, const ConversionOptions& options);

}  // namespace snnsim::models
