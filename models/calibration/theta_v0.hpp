#pragma once

#include <memory>

#include "models/calibration/gradient_descent.hpp"

namespace snnsim::models {

/// The calibration of the dual conversion (method.md eq. (4)): thresholds and initial potentials of a block, and where
/// asked for the offsets of its steps, by gradient descent through its T steps, with straight-through floors, plain
/// clamps and AdamW, a batch of sequences a step. Thresholds move in their logarithm, so that they stay positive and
/// rates mean the same at every site: the rate is of ln θ, of v(0)/θ and of δ(t)/θ. Throws ConfigurationError for
/// neurons whose count is not a function of one level (integrate_and_fire).
std::unique_ptr<const Calibrator> make_theta_v0(const ParameterGroups& groups, const DescentOptions& options);

}  // namespace snnsim::models
