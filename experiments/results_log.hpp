#pragma once

#include <filesystem>
#include <vector>

#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// The segments of a results.jsonl, in the order of its lines; none if there is no such file. A last line that was torn
/// by a crash is left out. Throws DataError with file:line for any other damage.
std::vector<SegmentResult> read_results(const std::filesystem::path& file);

/// Cuts a torn last line off, so that the file can be appended to.
void repair_results(const std::filesystem::path& file);

}  // namespace snnsim::experiments
