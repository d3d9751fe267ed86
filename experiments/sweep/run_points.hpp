#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "experiments/sweep/point_state.hpp"

namespace snnsim::experiments {

/// A process that ended; 128 + signal if it was killed.
struct EndedPoint {
  std::size_t point = 0;
  int exit_code = 0;
};

/// Where the points of a sweep run, by their index.
class PointRunner {
 public:
  virtual ~PointRunner() = default;
  /// What the directories say now; `running` if any process holds the run directory.
  virtual PointState state(std::size_t point) = 0;
  /// Planned peak, bytes.
  virtual std::uint64_t memory(std::size_t point) = 0;
  virtual void start(std::size_t point) = 0;
  /// Those that ended, waiting for the first at most so long.
  virtual std::vector<EndedPoint> wait(std::chrono::milliseconds most) = 0;
  /// Asks those that run to save and stop.
  virtual void terminate() = 0;
};

struct SweepLimits {
  std::size_t jobs = 1;
  std::uint64_t memory = 0;  // bytes that all running points may plan together
};

/// The points of a sweep by what became of them.
struct SweepProgress {
  std::vector<std::size_t> pending, running, elsewhere, finished, interrupted;
  std::vector<EndedPoint> failed;
};

/// What a watcher of the sweep is told.
struct SweepObserver {
  std::function<void(const SweepProgress&)> changed = [](const SweepProgress&) {};
  /// A point plans more than SweepLimits::memory, and runs alone.
  std::function<void(std::size_t point, std::uint64_t bytes)> too_large = [](std::size_t, std::uint64_t) {};
};

/// Runs every point that is not finished, each as soon as a job is free and its memory fits beside that of the others
/// (in the order of `points`, passing over those that do not fit). A point that another process works on is left to it,
/// and run here if it ends there without finishing. A failure does not stop the others. Once `stop` is true those that
/// run are asked to stop, and nothing is started any more.
SweepProgress run_points(std::span<const std::size_t> points, const SweepLimits& limits, PointRunner& runner,
                         const SweepObserver& observer, const std::atomic<bool>& stop);

/// That of the worst failure: of the program itself, a missed equality, data, configuration; else 130 if a point was
/// interrupted, else 0. A killed process counts as a lack of memory does, as data.
int exit_code_of(const SweepProgress& progress);

}  // namespace snnsim::experiments
