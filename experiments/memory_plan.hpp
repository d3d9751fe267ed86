#pragma once

#include <algorithm>
#include <cstdint>

#include "experiments/experiment.hpp"
#include "experiments/job_inputs.hpp"

namespace snnsim::experiments {

/// Bytes that a job holds, from the sizes of what it allocates. Weights are mapped and every one is read, so the stored
/// model counts. What is allocated while the model is quantized, or calibrated, is gone when segments run, so the
/// largest of the three counts.
struct MemoryPlan {
  std::uint64_t program = 0;      // held before anything is computed: code, tokenizer, texts; measured, not derived
  std::uint64_t model = 0;        // as stored
  std::uint64_t weights = 0;      // quantized
  std::uint64_t quantizing = 0;   // activations of the calibration text, samples and moments of one block
  std::uint64_t calibrating = 0;  // residual streams of the calibration text, and one block of it
  std::uint64_t segment = 0;      // the longest sequence in all networks, their measurement and scoring

  std::uint64_t peak() const { return program + model + weights + std::max({quantizing, calibrating, segment}); }
};

/// `positions`: of the longest sequence. `threads`: that score.
MemoryPlan plan_memory(const Experiment& experiment, const JobInputs& inputs, std::size_t positions,
                       std::size_t threads);

}  // namespace snnsim::experiments
