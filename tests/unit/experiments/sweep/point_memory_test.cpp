#include "experiments/sweep/point_memory.hpp"

#include <doctest/doctest.h>

#include "experiments/experiment_file.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::experiments {
namespace {

Experiment quickstart(std::size_t segment) {
  Experiment experiment = read_experiment(tests::source_dir() / "experiments" / "quickstart.json");
  experiment.quantization.calibration.segments = 1;  // so that a segment takes more than quantizing does
  experiment.quantization.calibration.length = 2;
  experiment.evaluation.perplexity[0].segment = segment;
  experiment.evaluation.perplexity[0].max_segments = 1;
  return experiment;
}

}  // namespace

TEST_CASE("memory is planned for each point, also for one that reads other texts or cannot be opened") {
  PointMemory planner;
  const std::uint64_t small = planner.peak(quickstart(16), 1);
  CHECK(small > 1024 * 1024);
  CHECK(planner.peak(quickstart(100000), 1) == 0);
  CHECK(planner.peak(quickstart(200), 1) > small);
  Experiment recorded = quickstart(16);
  recorded.record.spikes = {"*"};
  CHECK(planner.peak(recorded, 1) > small);
}

}  // namespace snnsim::experiments
