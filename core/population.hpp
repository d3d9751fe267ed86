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
  /// It starts so many steps after its inputs; none: once they are complete (layer-synchronous). See Timetable.
  std::optional<std::uint32_t> phase = 0;

  std::size_t width() const { return threshold.size(); }
};

}  // namespace snnsim
