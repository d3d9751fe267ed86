#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "experiments/sweep/sweep_directory.hpp"

namespace snnsim::experiments {

/// What sbatch is asked for; an empty word is left out, so that the cluster's default holds.
struct SlurmOptions {
  std::string partition, account, time, memory;
  std::size_t cpus_per_task = 1;  // also the threads of a run
  std::size_t at_once = 0;        // tasks of the array at a time; 0: no limit
};

/// A job array over these points, one `snnsim run` a task. Two minutes before the time limit a run is asked to save and
/// stop, and its task goes back into the queue to continue it; so it does when its node fails.
/// Throws ConfigurationError for an option that would not be one word.
std::string array_script(const SweepDirectory& directory, const Sweep& sweep, std::span<const std::size_t> points,
                         const SlurmOptions& options);

/// A job that writes the table of the sweep and prints how far its runs are.
std::string table_script(const SweepDirectory& directory, const SlurmOptions& options);

/// Submits a script with sbatch, to start after the end of another job if `after` is one; returns the number of the
/// job. Throws DataError when sbatch is not there or refuses.
std::string submit(const std::filesystem::path& script, const std::string& after = {});

}  // namespace snnsim::experiments
