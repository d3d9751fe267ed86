#pragma once

#include <cstddef>
#include <cstdint>

namespace snnsim {

/// What a neuron model sees of the neurons of one token position, and where it writes. All arrays have `width`
/// elements. The membrane potential is not stored: it follows from the drive and the integer emitted count (method.md
/// section 2), so a state depends on what arrived, never on the order of additions.
struct NeuronRow {
  std::size_t width = 0;
  const float* drive = nullptr;              // X(t): cumulative input current, in units of the dense activation
  const float* threshold = nullptr;          // θ > 0, in the same units
  const float* initial_potential = nullptr;  // v(0)/θ; 1/2 rounds to nearest
  std::int32_t* state = nullptr;             // kStateWords × width, zero before the first update
  std::int16_t* spikes = nullptr;            // out: s(t), signed count of this update
  std::uint32_t step = 0;                    // t, the updates of this row counted from 1
  std::int32_t tick = 0;                     // now, for neurons that are refractory between steps
  float added = 0;                           // to v/θ by the steps so far: Population::added_potential()
};

}  // namespace snnsim
