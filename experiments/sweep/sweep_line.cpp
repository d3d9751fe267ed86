#include "experiments/sweep/sweep_line.hpp"

#include <fmt/format.h>

#include "experiments/readable.hpp"
#include "experiments/run_job.hpp"

namespace snnsim::experiments {
namespace {

double sum_of(const std::vector<std::size_t>& points, const std::vector<double>& work) {
  double sum = 0;
  for (const std::size_t point : points) sum += work[point];
  return sum;
}

void add(std::string& line, std::size_t count, std::string_view what) {
  if (count > 0) line += fmt::format(" | {} {}", count, what);
}

}  // namespace

double work_of(const Experiment& experiment) {
  return static_cast<double>(dense_passes(experiment));
}

std::string sweep_line(const SweepProgress& progress, const std::vector<double>& work, double before, double elapsed) {
  const std::size_t total = progress.finished.size() + progress.running.size() + progress.elsewhere.size() +
                            progress.pending.size() + progress.interrupted.size() + progress.failed.size();
  std::string line = fmt::format("{} of {} done", progress.finished.size(), total);
  add(line, progress.running.size(), "running");
  add(line, progress.elsewhere.size(), "running elsewhere");
  add(line, progress.pending.size(), "pending");
  add(line, progress.interrupted.size(), "interrupted");
  add(line, progress.failed.size(), "failed");
  const double done = sum_of(progress.finished, work) - before;
  const double left = sum_of(progress.running, work) + sum_of(progress.pending, work);
  if (done > 0 && left > 0) line += fmt::format(" | {} left", duration(elapsed / done * left));
  return line;
}

}  // namespace snnsim::experiments
