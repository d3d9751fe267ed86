#pragma once

#include <filesystem>

#include "experiments/sweep/sweep.hpp"

namespace snnsim::experiments {

/// Where a sweep and its runs lie: `<out>/<name>-sweep-<hash>/` beside `<out>/<name>-<hash>/` of each point. Any number
/// of processes may work on it at once.
struct SweepDirectory {
  std::filesystem::path out, path;

  SweepDirectory(std::filesystem::path parent, const Sweep& sweep)
      : out(std::move(parent)), path(out / sweep.folder()) {}

  std::filesystem::path run_directory(const SweepPoint& point) const { return out / point.run; }
  /// The experiment of a point, to be given to snnsim run.
  std::filesystem::path experiment_file(const SweepPoint& point) const {
    return path / "points" / (point.run + ".json");
  }
  /// What its process printed.
  std::filesystem::path log_file(const SweepPoint& point) const { return path / "logs" / (point.run + ".log"); }
  std::filesystem::path table_file() const { return path / "table.csv"; }

  /// Makes the folder: sweep.json (name, hash, keys; values and run directory of each point) and an experiment file a
  /// point. Throws DataError.
  void write(const Sweep& sweep) const;
};

bool is_sweep_directory(const std::filesystem::path& path);

/// Run directories that these folders mean, each once: themselves, and those of a sweep that exist for its folder.
std::vector<std::filesystem::path> run_directories(std::span<const std::string> folders);

/// The sweep that a folder holds, with the run directories beside it. Throws DataError.
Sweep read_sweep_directory(const std::filesystem::path& path);

}  // namespace snnsim::experiments
