#pragma once

#include <array>
#include <numeric>
#include <vector>

#include "core/neuron_model.hpp"
#include "tests/support/random.hpp"

namespace snnsim::tests {

/// Spikes of one neuron whose cumulative drive is X(1), X(2), ...
inline std::vector<std::int32_t> spikes_of(const NeuronModel& neuron, const std::vector<float>& drives, float threshold,
                                           float initial_potential = 0.5F) {
  std::array<std::int32_t, 4> state{};  // as many words as any neuron has
  std::vector<std::int32_t> result;
  for (std::size_t t = 0; t < drives.size(); ++t) {
    std::int16_t spike = 0;
    const NeuronRow row{1,
                        &drives[t],
                        &threshold,
                        &initial_potential,
                        state.data(),
                        &spike,
                        static_cast<std::uint32_t>(t + 1),
                        static_cast<std::int32_t>(t + 1)};
    std::visit([&](const auto& n) { n.update(row); }, neuron);
    result.push_back(spike);
  }
  return result;
}

/// What a neuron emitted in all T steps, offsets taken off, in units of θ.
inline std::int32_t total_of(const NeuronModel& neuron, const std::vector<float>& drives, float threshold) {
  const std::vector<std::int32_t> spikes = spikes_of(neuron, drives, threshold);
  return std::accumulate(spikes.begin(), spikes.end(), -offset(neuron));
}

/// A cumulative drive that wanders: steps of up to `spread`, in multiples of `grain`.
inline std::vector<float> random_drive(Random& random, std::size_t timesteps, std::int32_t spread, float grain) {
  std::vector<float> drives;
  std::int32_t sum = 0;
  for (std::size_t t = 0; t < timesteps; ++t) {
    sum += random.between(-spread, spread);
    drives.push_back(static_cast<float>(sum) * grain);
  }
  return drives;
}

}  // namespace snnsim::tests
