#pragma once

#include <algorithm>
#include <cstdint>

#include "experiments/experiment.hpp"
#include "experiments/job_inputs.hpp"

namespace snnsim::experiments {

/// Pages of mapped files that a job keeps resident, checkpoint and quantized weights together: beyond that they are
/// given back between blocks, and read again from the system's cache or from disk.
inline constexpr std::uint64_t resident_weights = std::uint64_t{2} << 30U;

/// Bytes that a job holds, from the sizes of what it allocates. Weights are mapped and every one is read, so the stored
/// model counts, up to resident_weights and what is read before pages are given back. What is allocated while the model
/// is quantized, or calibrated, is gone when segments run, so the largest of the three counts.
struct MemoryPlan {
  std::uint64_t program = 0;      // held before anything is computed: code, tokenizer, texts; measured, not derived
  std::uint64_t model = 0;        // as stored
  std::uint64_t weights = 0;      // quantized
  bool weights_mapped = false;    // they are kept on disk
  std::uint64_t piece = 0;        // largest part of the stored model that is read before pages are given back
  std::uint64_t quantizing = 0;   // activations of the calibration text, samples and moments of one block
  std::uint64_t calibrating = 0;  // residual streams of the calibration text, and one block of it
  std::uint64_t segment = 0;      // the longest sequence in all networks, their measurement and scoring

  /// Of both models, at most.
  std::uint64_t resident() const {
    const std::uint64_t mapped = model + (weights_mapped ? weights : 0);
    return std::min(mapped, resident_weights + piece) + (weights_mapped ? 0 : weights);
  }
  std::uint64_t peak() const { return program + resident() + std::max({quantizing, calibrating, segment}); }
};

/// `positions`: of the longest sequence. `threads`: that score. `kept`: the quantized model is kept on disk.
MemoryPlan plan_memory(const Experiment& experiment, const JobInputs& inputs, std::size_t positions,
                       std::size_t threads, bool kept);

}  // namespace snnsim::experiments
