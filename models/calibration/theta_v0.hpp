#pragma once

#include <memory>

#include "models/calibration/block_parameters.hpp"
#include "models/calibration/calibrator.hpp"

namespace snnsim::models {

/// What a gradient calibrator adjusts, and how.
struct ThetaV0Options {
  ParameterGroups groups{};
  std::size_t epochs = 10;
  double learning_rate = 5e-4;  // of ln θ and of v(0)/θ, at the start
  std::uint64_t seed = 1;       // of the order of sequences
};

/// The calibration of the dual conversion (method.md eq. (4)): thresholds and initial potentials of a block by gradient
/// descent through its T steps, with straight-through floors, plain clamps and AdamW, one sequence a step. Thresholds
/// move in their logarithm, so that they stay positive and rates mean the same at every site. Of the parameters after
/// each epoch those of least loss under the real dynamics are kept. Throws ConfigurationError for neurons whose count
/// is not a function of one level (integrate_and_fire).
std::unique_ptr<const Calibrator> make_theta_v0(const ThetaV0Options& options);

}  // namespace snnsim::models
