#include "experiments/sweep/point_memory.hpp"

#include "core/error.hpp"
#include "experiments/run_job.hpp"

namespace snnsim::experiments {
namespace {

bool read_the_same(const Experiment& a, const Experiment& b) {
  const QuantizationSection &p = a.quantization, &q = b.quantization;
  return a.model == b.model && a.seed == b.seed && a.evaluation == b.evaluation && a.energy == b.energy &&
         a.calibration == b.calibration && p.calibration == q.calibration && p.calibrates() == q.calibrates();
}

}  // namespace

std::uint64_t PointMemory::peak(const Experiment& experiment, std::size_t threads) try {
  if (!inputs_ || !read_the_same(experiment, opened_)) {
    inputs_.reset();
    inputs_ = std::make_unique<JobInputs>(open_inputs(experiment));
    opened_ = experiment;
  }
  return job_memory(experiment, *inputs_, {.threads = threads}).peak();
} catch (const Error&) {
  return 0;
}

}  // namespace snnsim::experiments
