#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "experiments/stored_run.hpp"
#include "experiments/sweep/sweep_directory.hpp"

namespace snnsim::experiments {

enum class PointState {
  pending,      // nothing is there
  running,      // a process holds its run directory
  finished,     // report.json is there
  interrupted,  // some results are there; a run continues from them
  failed        // the last attempt ended with an error
};

std::string_view name(PointState state);

/// What the directories say of a point.
struct PointStatus {
  PointState state = PointState::pending;
  std::string note;              // running: by whom; failed: the cause
  int exit_code = 0;             // of a failure
  std::optional<StoredRun> run;  // if its run directory can be read
};

/// Only reads.
PointStatus status_of(const SweepDirectory& directory, const SweepPoint& point);

}  // namespace snnsim::experiments
