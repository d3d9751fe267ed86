#include "experiments/sweep/run_points.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "experiments/sweep/point_log.hpp"

namespace snnsim::experiments {
namespace {

constexpr int interrupted_exit_code = 130;
constexpr std::chrono::milliseconds patience{250};  // between two looks at `stop` and at points elsewhere

class Loop {
 public:
  Loop(std::span<const std::size_t> points, const SweepLimits& limits, PointRunner& runner,
       const SweepObserver& observer)
      : limits_(limits), runner_(runner), observer_(observer) {
    for (const std::size_t point : points) sort_in(point);
  }

  SweepProgress run(const std::atomic<bool>& stop) {
    bool told = false;
    while (!progress_.running.empty() || !progress_.pending.empty() || !progress_.elsewhere.empty()) {
      if (stop && !told) runner_.terminate();
      told = told || stop;
      if (told && progress_.running.empty()) break;
      if (!told) look_elsewhere();
      if (!told) start_what_fits();
      observer_.changed(progress_);
      for (const EndedPoint& ended : runner_.wait(patience)) settle(ended);
    }
    observer_.changed(progress_);
    return std::move(progress_);
  }

 private:
  void sort_in(std::size_t point) {
    const PointState state = runner_.state(point);
    if (state == PointState::finished)
      progress_.finished.push_back(point);
    else if (state == PointState::running)
      progress_.elsewhere.push_back(point);
    else
      progress_.pending.push_back(point);
  }

  void look_elsewhere() {
    for (const std::size_t point : std::exchange(progress_.elsewhere, {})) sort_in(point);
  }

  std::uint64_t memory_in_use() {
    std::uint64_t sum = 0;
    for (const std::size_t point : progress_.running) sum += runner_.memory(point);
    return sum;
  }

  void start_what_fits() {
    for (const std::size_t point : std::exchange(progress_.pending, {})) {
      if (progress_.running.size() >= limits_.jobs || !fits(point))
        progress_.pending.push_back(point);
      else
        start(point);
    }
  }

  /// What is too large for the machine fits when nothing else runs.
  bool fits(std::size_t point) {
    return progress_.running.empty() || memory_in_use() + runner_.memory(point) <= limits_.memory;
  }

  void start(std::size_t point) {
    const PointState state = runner_.state(point);
    if (state == PointState::running) return progress_.elsewhere.push_back(point);
    if (state == PointState::finished) return progress_.finished.push_back(point);  // by another sweep meanwhile
    if (const std::uint64_t bytes = runner_.memory(point); bytes > limits_.memory) observer_.too_large(point, bytes);
    runner_.start(point);
    progress_.running.push_back(point);
  }

  void settle(const EndedPoint& ended) {
    std::erase(progress_.running, ended.point);
    if (ended.exit_code == 0) return progress_.finished.push_back(ended.point);
    if (was_interrupted(ended.exit_code)) return progress_.interrupted.push_back(ended.point);
    const PointState state = runner_.state(ended.point);
    if (state == PointState::running)  // another process was faster to take its directory
      progress_.elsewhere.push_back(ended.point);
    else if (state == PointState::finished)
      progress_.finished.push_back(ended.point);
    else
      progress_.failed.push_back(ended);
  }

  const SweepLimits& limits_;
  PointRunner& runner_;
  const SweepObserver& observer_;
  SweepProgress progress_;
};

}  // namespace

SweepProgress run_points(std::span<const std::size_t> points, const SweepLimits& limits, PointRunner& runner,
                         const SweepObserver& observer, const std::atomic<bool>& stop) {
  return Loop(points, limits, runner, observer).run(stop);
}

int exit_code_of(const SweepProgress& progress) {
  constexpr std::array worst_first{1, 4, 3, 2};
  const auto has = [&](int code) {
    return std::ranges::any_of(progress.failed, [&](const EndedPoint& ended) {
      const bool killed = ended.exit_code > killed_exit_code;
      return (killed ? 3 : ended.exit_code) == code;
    });
  };
  for (const int code : worst_first)
    if (has(code)) return code;
  if (!progress.failed.empty()) return 1;
  return progress.interrupted.empty() ? 0 : interrupted_exit_code;
}

}  // namespace snnsim::experiments
