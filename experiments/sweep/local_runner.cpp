#include "experiments/sweep/local_runner.hpp"

#include "experiments/files.hpp"
#include "experiments/owner_file.hpp"
#include "experiments/process_identity.hpp"
#include "experiments/sweep/point_log.hpp"

namespace snnsim::experiments {

PointState LocalRunner::state(std::size_t point) {
  const SweepPoint& which = sweep_.points[point];
  if (owner_of(directory_.run_directory(which))) return PointState::running;  // without reading its results
  return status_of(directory_, which).state;
}

std::uint64_t LocalRunner::memory(std::size_t point) {
  const auto [entry, added] = planned_.emplace(point, 0);
  if (added) entry->second = planner_.peak(sweep_.points[point].experiment, threads_);
  return entry->second;
}

void LocalRunner::start(std::size_t point) {
  const SweepPoint& which = sweep_.points[point];
  const std::filesystem::path log = directory_.log_file(which);
  AppendFile(log).append(start_line("by " + this_process().text()));
  processes_.start(point,
                   {"run", directory_.experiment_file(which).string(), "--out", directory_.out.string(), "--threads",
                    std::to_string(threads_)},
                   log);
}

std::vector<EndedPoint> LocalRunner::wait(std::chrono::milliseconds most) {
  std::vector<EndedPoint> out;
  for (const auto& [point, code] : processes_.wait(most)) {
    const SweepPoint& which = sweep_.points[point];
    // Where another process was faster, the log is that of its attempt.
    if (!owner_of(directory_.run_directory(which))) AppendFile(directory_.log_file(which)).append(exit_line(code));
    out.push_back({point, code});
  }
  return out;
}

}  // namespace snnsim::experiments
