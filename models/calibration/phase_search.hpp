#pragma once

#include <cstdint>
#include <memory>

#include "models/calibration/calibrator.hpp"

namespace snnsim::models {

/// Which populations of a block wait, and how long (Population::phase): the loss of the block under its real dynamics
/// chooses. Of all populations that may start one step later than they do, the one is taken that lowers the loss most,
/// as long as it lowers it by a hundredth, and the block puts out at most `max_wait` >= 1 steps later than at the
/// start. Populations that are complete before they start have nothing to wait for. Costs up to seven runs of the block
/// for each step that is taken, and seven more to find that there is none.
std::unique_ptr<const Calibrator> make_phase_search(std::uint32_t max_wait);

}  // namespace snnsim::models
