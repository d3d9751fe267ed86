#pragma once

#include <memory>

#include "models/calibration/gradient_descent.hpp"

namespace snnsim::models {

/// Local threshold balancing (Bu, Li, Yu, "Inference-Scale Complexity in ANN-SNN Conversion", CVPR 2025, arXiv
/// 2409.03368): every threshold descends on the square error of its own site alone, emitted against dense value, so
/// that nothing is passed back through the block. Here the emission is that of the spiking neurons, not of a clipped
/// activation: a neuron that is within a threshold of its drive X changes by (emitted - X)/θ with θ, one that is held
/// or saturated by emitted/θ. Thresholds move in their logarithm, all sites at once, by `groups` (of thresholds), a
/// batch of sequences a step. Costs `epochs` × 2 runs of the block.
std::unique_ptr<const Calibrator> make_local_threshold_balancing(ParameterGroups groups, const DescentOptions& options);

}  // namespace snnsim::models
