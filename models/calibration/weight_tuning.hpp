#pragma once

#include <memory>

#include "models/calibration/gradient_descent.hpp"

namespace snnsim::models {

/// Fine-tunes the weights of a block on (4), with thresholds and potentials as they are: the upper reference that the
/// paper compares thresholds and potentials with. Weights stay integers of as many bits, with the scales that they had.
/// The descent moves real numbers of levels; each is rounded when the block runs, its gradient passes the rounding
/// straight through and is zero beyond the range (LSQ, Esser et al., ICLR 2020, with fixed scales). The learning rate
/// is in levels. Gradients go through the T steps of the block as in theta_v0. A block of LLaMA-2-7B has 202 million
/// such parameters where theta_v0 has 107; each takes 48 bytes while it is tuned, and rounding and packing all of them
/// once a step comes to the cost of theta_v0. Throws ConfigurationError for integrate_and_fire neurons and for weights
/// that are not integers.
std::unique_ptr<const Calibrator> make_weight_tuning(const DescentOptions& options);

}  // namespace snnsim::models
