#pragma once

#include <span>

#include "experiments/sweep/point_state.hpp"
#include "experiments/sweep/result_table.hpp"

namespace snnsim::experiments {

/// The headline results of the points, one row each: values of the keys, headline(), state, run. What is not finished
/// has no results.
ResultTable sweep_table(const Sweep& sweep, std::span<const std::size_t> points, std::span<const PointStatus> statuses);

/// How far the points are: values of the keys, state, progress ("3 of 8 segments"), note (who runs it, why it failed),
/// run.
ResultTable status_table(const Sweep& sweep, std::span<const std::size_t> points,
                         std::span<const PointStatus> statuses);

/// "24 runs: 12 finished, 2 running, 10 pending"; states that no point has are left out.
std::string status_summary(std::span<const PointStatus> statuses);

}  // namespace snnsim::experiments
