#pragma once

#include <span>
#include <vector>

#include "experiments/cli/options.hpp"
#include "experiments/sweep/point_state.hpp"
#include "experiments/sweep/sweep_directory.hpp"

namespace snnsim::experiments::cli {

/// A sweep and where it lies.
struct Opened {
  Sweep sweep;
  SweepDirectory directory;
  std::vector<std::size_t> selected;  // points, by --where and --max-runs
};

std::vector<PointStatus> statuses_of(const Opened& opened, std::span<const std::size_t> points);

/// Writes the table of all points and prints that of the selected ones.
void conclude(const Opened& opened, bool quiet);

/// Runs what is not finished as processes of this machine; returns the exit code.
int sweep_here(const Opened& opened, const Options& options);

/// Writes the scripts of a job array, and submits them unless that is not wanted.
int sweep_on_slurm(const Opened& opened, const Options& options);

}  // namespace snnsim::experiments::cli
