#pragma once

#include <memory>

#include "models/calibration/calibrator.hpp"

namespace snnsim::models {

/// One calibrator after the other, on each block: the second starts from what the first has found, and is followed only
/// where it lowers the loss further.
std::unique_ptr<const Calibrator> make_calibrator_sequence(std::unique_ptr<const Calibrator> first,
                                                           std::unique_ptr<const Calibrator> second);

}  // namespace snnsim::models
