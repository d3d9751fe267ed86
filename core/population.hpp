#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/neuron_model.hpp"

namespace snnsim {

/// Neurons of one kind that share an input, one state per token position: a spiking site of the network.
struct Population {
  std::string name;  // blocks.<k>.<site>
  NeuronModel neuron;
  LevelRange range;                      // of the quantizer it replaces
  std::vector<float> threshold;          // θ (width), > 0
  std::vector<float> initial_potential;  // v(0)/θ (width)
  /// Σ_{i<=t} δ(i): what the first t = 1..T steps of an integer_spiking neuron add to v/θ beside its offset α, in all
  /// channels (T); empty: nothing.
  std::vector<float> step_potential{};
  /// It starts so many steps after its inputs; none: once they are complete (layer-synchronous). See Timetable.
  std::optional<std::uint32_t> phase = 0;

  std::size_t width() const { return threshold.size(); }
  /// After `steps` >= 1 steps of it.
  float added_potential(std::uint32_t steps) const { return step_potential.empty() ? 0 : step_potential[steps - 1]; }
  /// After all of them.
  float added_potential() const { return step_potential.empty() ? 0 : step_potential.back(); }
};

}  // namespace snnsim
