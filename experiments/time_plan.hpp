#pragma once

#include <cstddef>

#include "experiments/experiment.hpp"
#include "experiments/job_inputs.hpp"

namespace snnsim::experiments {

/// Seconds that a job is expected to take on this machine, now.
struct TimePlan {
  double quantizing = 0;   // at most: passes over the calibration text and rounding; none where the model is kept
  double evaluation = 0;   // segments and zero-shot requests in all networks
  std::size_t passes = 0;  // of the dense model, which take as long as all networks and the scoring
};

/// Passes of the dense model that take about as long as all networks: dense, QANN, T steps and the scoring of each
/// output cost about one each, and so does the dense model in the coordinates of a rotation, where errors are measured.
/// The bound of Theorem 3 runs the dense model on two streams and the QANN on one.
std::size_t dense_passes(const Experiment& experiment);

/// Runs blocks of the dense model on up to 256 tokens, for about a second or until all are done, and rounds a matrix.
/// The feedback of errors (gptq) is not counted. `example`: any sequence of the job.
TimePlan plan_time(const Experiment& experiment, const JobInputs& inputs, const Segment& example);

}  // namespace snnsim::experiments
