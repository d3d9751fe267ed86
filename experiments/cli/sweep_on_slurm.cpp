#include <algorithm>

#include <fmt/format.h>

#include "experiments/cli/sweep.hpp"
#include "experiments/files.hpp"
#include "experiments/sweep/point_memory.hpp"
#include "experiments/sweep/slurm.hpp"

namespace snnsim::experiments::cli {
namespace {

namespace fs = std::filesystem;

/// What is neither finished nor running.
std::vector<std::size_t> pending_points(const Opened& opened) {
  const std::vector<PointStatus> statuses = statuses_of(opened, opened.selected);
  std::vector<std::size_t> pending;
  for (std::size_t i = 0; i < statuses.size(); ++i)
    if (statuses[i].state != PointState::finished && statuses[i].state != PointState::running)
      pending.push_back(opened.selected[i]);
  return pending;
}

/// The largest planned peak and a quarter more, at least 256 MiB, as sbatch takes it; empty if no plan can be made.
std::string planned_memory(const Opened& opened, std::span<const std::size_t> points, std::size_t threads) {
  PointMemory planner;
  std::uint64_t most = 0;
  for (const std::size_t point : points)
    most = std::max(most, planner.peak(opened.sweep.points[point].experiment, threads));
  constexpr std::uint64_t mebibyte = 1024 * 1024, margin = 256 * mebibyte;
  return most == 0 ? "" : fmt::format("{}M", (most + std::max(most / 4, margin)) / mebibyte);
}

SlurmOptions slurm_options(const Opened& opened, std::span<const std::size_t> points, const Options& options) {
  const auto word = [&](const char* name) { return options.has(name) ? options.get<std::string>(name) : ""; };
  SlurmOptions out{.partition = word("partition"),
                   .account = word("account"),
                   .time = word("time"),
                   .memory = word("mem"),
                   .cpus_per_task = options.has("cpus-per-task") ? options.count("cpus-per-task", 1) : 1,
                   .at_once = options.has("jobs") ? options.count("jobs", 1) : 0};
  if (out.memory.empty()) out.memory = planned_memory(opened, points, out.cpus_per_task);
  return out;
}

}  // namespace

int sweep_on_slurm(const Opened& opened, const Options& options) {
  const std::vector<std::size_t> points = pending_points(opened);
  opened.directory.write(opened.sweep);
  if (points.empty()) {
    conclude(opened, options.has("quiet"));
    return 0;
  }
  const SlurmOptions slurm = slurm_options(opened, points, options);
  const fs::path array = opened.directory.path / "sweep.sbatch", table = opened.directory.path / "table.sbatch";
  write_shared_file(array, array_script(opened.directory, opened.sweep, points, slurm));
  write_shared_file(table, table_script(opened.directory, slurm));
  fmt::print("{}: {} of {} runs\n{}: their table\n", array.string(), points.size(), opened.selected.size(),
             table.string());
  if (options.has("slurm-dry-run")) return 0;
  const std::string job = submit(array);
  const std::string last = submit(table, job);
  fmt::print("submitted as job {}, the table as job {}; to see how far they are: snnsim sweep {} --status\n", job, last,
             opened.directory.path.string());
  return 0;
}

}  // namespace snnsim::experiments::cli
