#include "experiments/cli/sweep.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "experiments/sweep/point_filter.hpp"
#include "experiments/sweep/sweep_table.hpp"

namespace snnsim::experiments::cli {
namespace {

namespace fs = std::filesystem;

void declare(Options& options) {
  namespace po = boost::program_options;
  options.declare_settings();
  options.named()("where", po::value<std::vector<std::string>>()->value_name("KEY=VALUE")->composing(),
                  "only the runs for which this holds; may be repeated: for another key, both; for the same, either");
  options.named()("max-runs", po::value<long long>()->value_name("N"), "only the first N of them");
  options.named()("jobs", po::value<long long>()->value_name("N"),
                  "runs at a time; default: 1 here, as many as there is room for on a cluster");
  options.named()("threads", po::value<long long>()->value_name("N"),
                  "worker threads of each run; default: the cores divided by --jobs. Results do not depend on it");
  options.named()("memory", po::value<std::string>()->value_name("BYTES"),
                  "that runs at a time may need together, as in 16G; default: what is free at the start");
  options.named()("out", po::value<std::string>()->value_name("DIR"),
                  "folder of the sweep and of its run directories; default: runs");
  options.named()("status", "print how far each run is, from the directories, and stop");
  options.named()("table", "write the table of what is finished, print it and stop");
  options.named()("slurm", "submit the runs to Slurm as a job array, and a job behind it that makes the table");
  options.named()("slurm-dry-run", "write the scripts for Slurm and stop");
  for (const char* name : {"partition", "account", "time"})
    options.named()(name, po::value<std::string>()->value_name("X"), "Slurm: as sbatch takes it");
  options.named()("mem", po::value<std::string>()->value_name("SIZE"),
                  "Slurm: memory of a run; default: what the largest is planned to need, and a quarter more");
  options.named()("cpus-per-task", po::value<long long>()->value_name("N"),
                  "Slurm: cores, and threads, of a run; default: 1");
  options.named()("quiet", "no progress and no table, only the place of the table");
}

Opened open_stored(const Options& options, const fs::path& path) {
  for (const char* name : {"set", "out"})
    if (options.has(name))
      throw ConfigurationError(fmt::format("--{} cannot change a sweep that is there already", name),
                               "give the experiment file instead of the folder of the sweep");
  Sweep sweep = read_sweep_directory(path);
  SweepDirectory directory((path / "..").lexically_normal(), sweep);
  return {std::move(sweep), std::move(directory), {}};
}

Opened open_sweep(const Options& options) {
  const fs::path path = options.words()[0];
  if (is_sweep_directory(path)) return open_stored(options, path);
  Sweep sweep = read_sweep(path, options.settings());
  SweepDirectory directory(options.has("out") ? options.get<std::string>("out") : "runs", sweep);
  return {std::move(sweep), std::move(directory), {}};
}

Opened open_selected(const Options& options) {
  Opened opened = open_sweep(options);
  const auto conditions =
      options.has("where") ? options.get<std::vector<std::string>>("where") : std::vector<std::string>{};
  opened.selected = select_points(opened.sweep, conditions);
  if (options.has("max-runs")) opened.selected.resize(std::min(opened.selected.size(), options.count("max-runs", 1)));
  return opened;
}

/// Options that say nothing where the runs go are mistakes.
void check_place(const Options& options, bool on_slurm) {
  const auto refuse = [&](const char* name, std::string_view what, std::string remedy) {
    if (options.has(name)) throw ConfigurationError(fmt::format("--{} {}", name, what), std::move(remedy));
  };
  if (on_slurm)
    for (const char* name : {"memory", "threads"})
      refuse(name, "is for runs on this machine", "with --slurm, give --mem and --cpus-per-task");
  else
    for (const char* name : {"partition", "account", "time", "mem", "cpus-per-task"})
      refuse(name, "is for runs on a cluster", "give it together with --slurm or --slurm-dry-run");
}

int print_status(const Opened& opened) {
  const std::vector<PointStatus> statuses = statuses_of(opened, opened.selected);
  fmt::print("{}{}: {}\n", table_text(status_table(opened.sweep, opened.selected, statuses)),
             opened.directory.path.string(), status_summary(statuses));
  return 0;
}

}  // namespace

std::vector<PointStatus> statuses_of(const Opened& opened, std::span<const std::size_t> points) {
  std::vector<PointStatus> out;
  for (const std::size_t point : points) out.push_back(status_of(opened.directory, opened.sweep.points[point]));
  return out;
}

void conclude(const Opened& opened, bool quiet) {
  std::vector<std::size_t> all(opened.sweep.points.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const std::vector<PointStatus> statuses = statuses_of(opened, all);
  write_shared_file(opened.directory.table_file(), table_csv(sweep_table(opened.sweep, all, statuses)));
  std::vector<PointStatus> selected;
  for (const std::size_t point : opened.selected) selected.push_back(statuses[point]);
  if (!quiet) fmt::print("{}", table_text(sweep_table(opened.sweep, opened.selected, selected)));
  fmt::print("{}\n", opened.directory.table_file().string());
}

int sweep_command(const Command& self, Arguments arguments) {
  Options options(self);
  declare(options);
  if (!options.parse(arguments, 1, 1)) return 0;
  const bool on_slurm = options.has("slurm") || options.has("slurm-dry-run");
  check_place(options, on_slurm);
  const Opened opened = open_selected(options);
  if (options.has("status")) return print_status(opened);
  if (on_slurm) return sweep_on_slurm(opened, options);
  if (!options.has("table")) return sweep_here(opened, options);
  opened.directory.write(opened.sweep);
  conclude(opened, options.has("quiet"));
  return 0;
}

}  // namespace snnsim::experiments::cli
