#pragma once

#include <cstdint>
#include <span>

#include "core/kernels/integer_product.hpp"
#include "core/neuron_model.hpp"
#include "core/simulation/population_activity.hpp"

/// What happens to single rows of a NetworkState. The loops are plain ones, compiled once per instruction set for the
/// compiler to vectorise; every operation is rounded by itself, so the bits are the same on all of them.
namespace snnsim {

/// Updates the neurons of a row; returns what they emitted.
PopulationActivity update_neurons(const NeuronModel& neuron, const NeuronRow& row);

/// What T steps of an offset leave of a count: (T·count - steps·offset) / T, exact whenever that is an integer, as it
/// always is at the last step.
struct Offset {
  std::uint32_t timesteps = 1;  // T
  std::uint32_t steps = 0;      // updates so far
  std::int32_t total = 0;       // taken off each input after T steps; 0: nothing is
};

/// sums[i] += added[i].
void add_counts(std::span<const std::int32_t> added, std::int32_t* sums);

/// Where the spikes of a row and step go that reach integer synapses, and what the drive is after them.
struct DriveStep {
  std::int32_t* sums = nullptr;  // all counts so far: (out)
  Offset offset;
  float* drive = nullptr;  // (out)
};
/// Row after row of a tile, steps[k]: sums[i] += products and drive[i] = scale[i] × (sums[i] with the offset of unit[i]
/// inputs taken off). scale, unit: (out).
void receive_products(const ProductTile& tile, std::span<const DriveStep> steps, std::span<const float> scale,
                      const std::int32_t* unit);

/// y[i] = scale[i] × (counts[i] with the offset of unit[i] inputs taken off). `unit` may be null if nothing is.
void scale_counts(std::span<const float> scale, const std::int32_t* counts, const Offset& offset,
                  const std::int32_t* unit, float* y);
/// The same with one input each: what a neuron emitted.
void scale_counts(std::span<const float> scale, const std::int32_t* counts, const Offset& offset, float* y);

}  // namespace snnsim
