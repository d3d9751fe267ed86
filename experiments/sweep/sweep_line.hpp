#pragma once

#include <string>

#include "experiments/sweep/run_points.hpp"

namespace snnsim::experiments {

/// Work of a point relative to others of its sweep with the same texts: passes of the dense model.
double work_of(const Experiment& experiment);

/// "12 of 24 done | 2 running | 1 elsewhere | 9 pending | 1 failed | 3 min 20 s left"; kinds without a point are left
/// out. `work` of each point by its index, `before`: work that was finished before this process began, `elapsed`
/// seconds ago.
std::string sweep_line(const SweepProgress& progress, const std::vector<double>& work, double before, double elapsed);

}  // namespace snnsim::experiments
