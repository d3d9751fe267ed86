#pragma once

#include <filesystem>
#include <vector>

#include "experiments/segment_result.hpp"
#include "experiments/zero_shot/zero_shot_result.hpp"

namespace snnsim::experiments {

/// What the lines of a results.jsonl hold, each kind in the order of its lines.
struct StoredResults {
  std::vector<SegmentResult> segments;
  std::vector<ZeroShotResult> zero_shot;
};

/// Nothing if there is no such file. A last line that was torn by a crash is left out. Throws DataError with file:line
/// for any other damage.
StoredResults read_results(const std::filesystem::path& file);

/// Cuts a torn last line off, so that the file can be appended to.
void repair_results(const std::filesystem::path& file);

}  // namespace snnsim::experiments
