#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

#include <fmt/format.h>

#include "experiments/cli/interrupt.hpp"
#include "experiments/cli/sweep.hpp"
#include "experiments/machine.hpp"
#include "experiments/progress.hpp"
#include "experiments/readable.hpp"
#include "experiments/sweep/byte_count.hpp"
#include "experiments/sweep/local_runner.hpp"
#include "experiments/sweep/sweep_line.hpp"
#include "experiments/thread_limit.hpp"

namespace snnsim::experiments::cli {
namespace {

std::uint64_t memory_limit(const Options& options) {
  if (options.has("memory")) return bytes_in("--memory", options.get<std::string>("memory"));
  const std::uint64_t available = available_bytes();
  return available > 0 ? available : std::numeric_limits<std::uint64_t>::max();
}

/// Threads of one run when so many run at a time.
std::size_t threads_of_run(const Options& options, std::size_t jobs) {
  if (options.has("threads")) return options.count("threads", 1);
  return std::max<std::size_t>(1, thread_count(0) / jobs);
}

/// Tells people how far the sweep is.
class Watcher {
 public:
  Watcher(const Opened& opened, bool quiet)
      : opened_(opened), progress_(quiet ? ProgressMode::quiet : ProgressMode::automatic) {
    for (const SweepPoint& point : opened.sweep.points) work_.push_back(work_of(point.experiment));
  }

  SweepObserver observer(const SweepLimits& limits) {
    return {.changed = [this](const SweepProgress& progress) { show(progress); },
            .too_large =
                [this, limits](std::size_t point, std::uint64_t bytes) {
                  progress_.note(
                      fmt::format("{} needs about {:.0f} MiB of memory, more than the {:.0f} MiB there are; "
                                  "it runs alone",
                                  opened_.sweep.points[point].run, mebibytes(bytes), mebibytes(limits.memory)));
                }};
  }
  void finish() { progress_.finish(); }

 private:
  void show(const SweepProgress& progress) {
    if (before_ < 0) {
      before_ = 0;
      for (const std::size_t point : progress.finished) before_ += work_[point];
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    progress_.stage(sweep_line(progress, work_, before_, elapsed.count()));
  }

  const Opened& opened_;
  std::vector<double> work_;
  double before_ = -1;  // work that was done when this process began
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Progress progress_;
};

void print_failures(const Opened& opened, const SweepProgress& progress) {
  if (progress.failed.empty()) return;
  fmt::print(stderr, "snnsim: {} of {} runs failed\n", progress.failed.size(), opened.selected.size());
  for (const EndedPoint& failed : progress.failed) {
    const SweepPoint& point = opened.sweep.points[failed.point];
    fmt::print(stderr, "  {}: {}\n    see {}\n", point.run, status_of(opened.directory, point).note,
               opened.directory.log_file(point).string());
  }
  fmt::print(stderr, "  the same command tries them again and keeps the others\n");
}

bool unfinished(const SweepProgress& progress) {
  return !progress.pending.empty() || !progress.interrupted.empty() || !progress.elsewhere.empty();
}

int interrupted(const Opened& opened, const SweepProgress& progress) {
  fmt::print(stderr,
             "snnsim: interrupted; {} of {} runs are finished, what others have is kept in {}\n"
             "  run the same command to continue\n",
             progress.finished.size(), opened.selected.size(), opened.directory.out.string());
  return interrupted_exit_code;
}

}  // namespace

int sweep_here(const Opened& opened, const Options& options) {
  const std::size_t jobs = options.has("jobs") ? options.count("jobs", 1) : 1;
  const SweepLimits limits{.jobs = jobs, .memory = memory_limit(options)};
  opened.directory.write(opened.sweep);
  LocalRunner runner(opened.sweep, opened.directory, threads_of_run(options, jobs));
  Watcher watcher(opened, options.has("quiet"));
  const SweepProgress progress =
      run_points(opened.selected, limits, runner, watcher.observer(limits), stop_requested());
  watcher.finish();
  print_failures(opened, progress);
  if (unfinished(progress)) return interrupted(opened, progress);
  conclude(opened, options.has("quiet"));
  return exit_code_of(progress);
}

}  // namespace snnsim::experiments::cli
