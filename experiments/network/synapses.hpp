#pragma once

#include "core/projection.hpp"
#include "experiments/network/network_description.hpp"
#include "experiments/network/weight_arrays.hpp"

namespace snnsim::experiments {

/// Projection `index` of a network. Throws ConfigurationError or DataError for a file that does not hold what it
/// should.
Projection make_projection(const NetworkDescription& network, std::size_t index, const ProjectionShape& shape);

/// max over targets of Σ |w|.
std::int64_t max_row_magnitude(const Projection& projection);

}  // namespace snnsim::experiments
