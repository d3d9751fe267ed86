#pragma once

#include "core/neuron_model.hpp"
#include "core/rounding.hpp"

namespace snnsim {

/// The levels that a neuron can reach, where it is limited to some; else those of the quantizer that it replaces.
inline LevelRange reach(const NeuronModel& neuron, LevelRange quantizer) {
  return std::visit(
      [&](const auto& n) -> LevelRange {
        if constexpr (requires { n.range; })
          return n.range;
        else
          return quantizer;
      },
      neuron);
}

}  // namespace snnsim
