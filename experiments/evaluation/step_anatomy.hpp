#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/population.hpp"
#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// What the neurons of a population received and emitted at one position, after each of the steps looked at; (width)
/// each.
struct PositionHistory {
  std::span<const std::uint32_t> steps;      // ascending, the last is T
  std::vector<const float*> drive;           // X after each step, and at last in the end, late input included
  std::vector<const std::int32_t*> emitted;  // Σ s after each step, offsets not taken off
};

/// Adds to `tally` the terms of method.md eq. (3) as they were after each step, x being the dense values (width), and
/// the neurons that in the end have emitted something else than their quantizer would, by how their input came.
void measure_steps(const Population& population, const PositionHistory& history, const float* x,
                   PopulationTally& tally);

}  // namespace snnsim::experiments
