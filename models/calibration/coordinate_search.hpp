#pragma once

#include <memory>

#include "models/calibration/block_parameters.hpp"
#include "models/calibration/calibrator.hpp"

namespace snnsim::models {

/// Calibration without gradients: the loss of the block under its real dynamics is lowered along one of its parameters
/// after the other (ln θ and v(0)/θ, a whole site or a head each). A step that helps is taken again and grows by half;
/// one that does not is tried backwards, then halved. Costs up to two runs of the block per parameter and round.
std::unique_ptr<const Calibrator> make_coordinate_search(const ParameterGroups& groups, std::size_t rounds);

}  // namespace snnsim::models
