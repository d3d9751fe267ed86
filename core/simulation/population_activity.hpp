#pragma once

#include <cstdint>

namespace snnsim {

/// Everything one population emitted, over all positions and steps since the last clear().
struct PopulationActivity {
  std::uint64_t spikes = 0;      // nonzero spikes
  std::uint64_t magnitude = 0;   // Σ |s|
  std::uint64_t shift_adds = 0;  // Σ popcount(|s|)
  std::uint64_t updates = 0;     // neuron updates
  std::uint64_t late = 0;        // drives that changed after the last step of a clocked neuron

  PopulationActivity& operator+=(const PopulationActivity& other) {
    spikes += other.spikes;
    magnitude += other.magnitude;
    shift_adds += other.shift_adds;
    updates += other.updates;
    late += other.late;
    return *this;
  }
  bool operator==(const PopulationActivity&) const = default;
};

}  // namespace snnsim
