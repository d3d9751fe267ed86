#pragma once

#include <cstdint>
#include <memory>

#include "experiments/experiment.hpp"
#include "experiments/job_inputs.hpp"

namespace snnsim::experiments {

/// Planned peak memory of experiments, as run --dry-run says it. Model and texts are opened once for experiments that
/// follow each other and read the same.
class PointMemory {
 public:
  /// Bytes, on so many threads; 0 for an experiment that cannot be opened: its run will say why.
  std::uint64_t peak(const Experiment& experiment, std::size_t threads);

 private:
  Experiment opened_;
  std::unique_ptr<JobInputs> inputs_;
};

}  // namespace snnsim::experiments
