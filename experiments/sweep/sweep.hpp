#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/experiment.hpp"

namespace snnsim::experiments {

/// One run of a sweep.
struct SweepPoint {
  std::vector<nlohmann::ordered_json> values;  // of the keys of the sweep
  Experiment experiment;                       // with these values, and without a sweep
  std::string run;                             // its run directory: <name>-<hash>
};

/// A family of experiments that differ in some keys.
struct Sweep {
  std::string name;
  std::string hash;               // of all its runs
  std::vector<std::string> keys;  // dotted: those of grid, then those of zip
  std::vector<SweepPoint> points;

  /// The folder of the sweep beside its run directories: <name>-sweep-<hash>.
  std::string folder() const { return name + "-sweep-" + hash; }
};

inline constexpr std::size_t most_sweep_points = 100'000;

/// The points of an experiment file: every combination of the values of sweep.grid, the first key slowest, each with
/// every row of sweep.zip, fastest. Each point is read as if its values stood in the file in place of those they
/// replace. `settings` are applied first, as by read_experiment.
/// Throws ConfigurationError with the place of the key or value in the sweep: keys that do not exist, values out of
/// range, lists of sweep.zip of different lengths, a key given twice or within another, two points that are the same
/// experiment, more than `most_sweep_points`, no sweep at all; DataError for a file that cannot be read.
Sweep read_sweep(const std::filesystem::path& file, std::span<const std::string> settings = {});

}  // namespace snnsim::experiments
