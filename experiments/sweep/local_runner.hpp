#pragma once

#include <map>

#include "experiments/sweep/child_processes.hpp"
#include "experiments/sweep/point_memory.hpp"
#include "experiments/sweep/run_points.hpp"

namespace snnsim::experiments {

/// Runs points as processes of this machine: `snnsim run` each, with what it prints in the log of the point.
class LocalRunner : public PointRunner {
 public:
  /// `threads`: of each process.
  LocalRunner(const Sweep& sweep, const SweepDirectory& directory, std::size_t threads)
      : sweep_(sweep), directory_(directory), threads_(threads) {}

  PointState state(std::size_t point) override;
  std::uint64_t memory(std::size_t point) override;
  void start(std::size_t point) override;
  std::vector<EndedPoint> wait(std::chrono::milliseconds most) override;
  void terminate() override { processes_.terminate(); }

 private:
  const Sweep& sweep_;
  const SweepDirectory& directory_;
  std::size_t threads_;
  PointMemory planner_;
  std::map<std::size_t, std::uint64_t> planned_;
  ChildProcesses processes_;
};

}  // namespace snnsim::experiments
