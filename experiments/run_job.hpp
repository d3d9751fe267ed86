#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "experiments/experiment.hpp"
#include "experiments/job_inputs.hpp"
#include "experiments/job_work.hpp"
#include "experiments/memory_plan.hpp"
#include "experiments/progress.hpp"
#include "experiments/run_directory.hpp"
#include "experiments/time_plan.hpp"

namespace snnsim::experiments {

/// Sizes of a job, known before it runs.
struct JobPlan {
  MemoryPlan memory{};
  std::uint64_t segments = 0, chunks = 0, positions = 0;
  std::uint64_t synaptic_operations = 0;  // at most: every neuron spikes at every step
  TimePlan time{};
};

/// What a job works with, besides its experiment.
struct RunOptions {
  RunDirectory& directory;  // what is found finished here is not simulated again
  Progress& progress;
  const std::atomic<bool>& stop;  // once true: finish the running segment or chunk, append it, return
  std::size_t threads = 0;        // 0: every core; results do not depend on it
  QuantizedCache cache{};         // of quantized models
};

struct RunOutcome {
  bool interrupted = false;        // stop came before the last segment
  bool equality_required = false;  // theory says SNN == QANN, bit for bit, for this experiment
};

/// How a job will be run.
struct JobSetting {
  std::size_t threads = 0;      // 0: every core
  bool keeps_quantized = true;  // quantized models are kept on disk
};

/// The memory that a job needs.
MemoryPlan job_memory(const Experiment& experiment, const JobInputs& inputs, const JobSetting& setting);

/// Sizes the job without simulating; runs the dense model on a few positions to time it.
JobPlan plan_job(const Experiment& experiment, const JobInputs& inputs, const JobSetting& setting);

/// Simulates every segment, and every chunk of a zero-shot task, that the run directory does not hold yet and appends
/// each to it. With several ranks this is the work of the first: the others wait until the model is quantized, and then
/// do their share of the calibration and of the rest. The caller writes the report afterwards and turns a missed
/// equality into CheckFailed.
RunOutcome run_job(const Experiment& experiment, JobInputs inputs, const RunOptions& options);

/// What a rank works with that is not the first.
struct SharedOptions {
  const std::atomic<bool>& stop;  // once true: finish the running item, send it, return
  std::size_t threads = 0;
  QuantizedCache cache{};
};

/// Calibrates with the others, computes this rank's share of what the first one tells, and sends it the results.
void share_job(const Experiment& experiment, const WorkList& list, const SharedOptions& options);

}  // namespace snnsim::experiments
