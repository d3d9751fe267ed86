#pragma once

#include <vector>

#include "core/input_signal.hpp"
#include "experiments/network/network_description.hpp"
#include "experiments/network/weight_arrays.hpp"

namespace snnsim::experiments {

/// The spikes that the file of an input has up to step `steps`; `left_out` counts those after it. Throws DataError.
std::vector<SpikeEvent> read_spikes(const InputSection& input, std::uint32_t steps, std::uint64_t& left_out);

/// The weights in the file of a projection: a dataset (targets × sources), or a group of offsets, targets and weights.
/// Throws DataError.
WeightArrays read_weights(const ProjectionSection& projection, const ProjectionShape& shape);

}  // namespace snnsim::experiments
