#include "experiments/sweep/point_state.hpp"

#include <array>

#include "core/error.hpp"
#include "experiments/owner_file.hpp"
#include "experiments/report.hpp"
#include "experiments/sweep/point_log.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;

/// A run directory that a crash, or a process at its first moments, left half made counts as none.
std::optional<StoredRun> stored_run(const fs::path& path) {
  try {
    if (is_run_directory(path)) return read_stored_run(path);
  } catch (const Error&) {  // the run that continues it says what is wrong
  }
  return {};
}

/// The report says that an equality does not hold that must.
bool misses_equality(const StoredRun& run) {
  const auto required = run.manifest.find("equality_required");
  return required != run.manifest.end() && *required == true &&
         make_report(run).at("equality").at("snn_equals_qann") == false;
}

}  // namespace

std::string_view name(PointState state) {
  constexpr std::array<std::string_view, 5> names{"pending", "running", "finished", "interrupted", "failed"};
  return names.at(static_cast<std::size_t>(state));
}

PointStatus status_of(const SweepDirectory& directory, const SweepPoint& point) {
  const fs::path path = directory.run_directory(point);
  PointStatus status{.note = {}, .run = stored_run(path)};
  if (const std::optional<Owner> owner = owner_of(path)) {
    status.state = PointState::running;
    status.note = owner->who.text();
    return status;
  }
  const bool reported = status.run && status.run->complete() && fs::exists(path / "report.json");
  if (reported && !misses_equality(*status.run)) {
    status.state = PointState::finished;
    return status;
  }
  const LastAttempt last = last_attempt(directory.log_file(point));
  if (!last.cause.empty()) {
    status.state = PointState::failed;
    status.note = last.cause;
    status.exit_code = *last.exit_code;
  } else if (status.run) {
    status.state = PointState::interrupted;
  }
  return status;
}

}  // namespace snnsim::experiments
