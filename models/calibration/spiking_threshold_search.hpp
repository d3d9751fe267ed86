#pragma once

#include <memory>

#include "models/calibration/calibrator.hpp"

namespace snnsim::models {

/// Thresholds of least mean square error between what a site emits over its T steps and its value in the dense model:
/// the search of the quantizer, but under the real dynamics. Site after site, one threshold a site or a head, of a grid
/// of factors 2^(-4/8) .. 2^(16/8) on the start. Costs 105 runs of the block.
std::unique_ptr<const Calibrator> make_spiking_threshold_search();

}  // namespace snnsim::models
