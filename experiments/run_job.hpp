#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "experiments/experiment.hpp"
#include "experiments/job_inputs.hpp"
#include "experiments/memory_plan.hpp"
#include "experiments/progress.hpp"
#include "experiments/run_directory.hpp"

namespace snnsim::experiments {

/// Sizes of a job, known before it runs.
struct JobPlan {
  MemoryPlan memory{};
  std::uint64_t segments = 0, chunks = 0, positions = 0;
  std::uint64_t synaptic_operations = 0;  // at most: every neuron spikes at every step
  std::size_t passes = 0;                 // of the dense model, which take as long as all networks and the scoring
  double seconds = 0;                     // estimated, on this machine
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

/// Passes of the dense model that take about as long as all networks: dense, QANN, T steps and the scoring of each
/// output cost about one each.
std::size_t dense_passes(const Experiment& experiment);

/// The memory that a job needs on so many threads.
MemoryPlan job_memory(const Experiment& experiment, const JobInputs& inputs, std::size_t threads);

/// Sizes the job without simulating; runs the dense model on a few positions to time it.
JobPlan plan_job(const Experiment& experiment, const JobInputs& inputs, std::size_t threads);

/// Simulates every segment, and every chunk of a zero-shot task, that the run directory does not hold yet and appends
/// each to it. The caller writes the
/// report afterwards and turns a missed equality into CheckFailed.
RunOutcome run_job(const Experiment& experiment, JobInputs inputs, const RunOptions& options);

}  // namespace snnsim::experiments
