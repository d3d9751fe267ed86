#pragma once

#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/experiment.hpp"
#include "experiments/segment_result.hpp"
#include "experiments/zero_shot/zero_shot_result.hpp"

namespace snnsim::experiments {

/// What a run directory holds, whether or not a process is working on it.
struct StoredRun {
  std::filesystem::path path;
  Experiment experiment;
  nlohmann::ordered_json manifest;
  std::vector<SegmentResult> results;     // by (text, segment)
  std::vector<ZeroShotResult> zero_shot;  // by (task, chunk)

  /// Segments and chunks of zero-shot tasks that the run will have, 0 while that is not known.
  std::size_t expected_segments() const;
  std::size_t expected_chunks() const;
  bool complete() const;
  /// "3 of 8 segments, 10 of 25 zero-shot chunks"; what the experiment does not have is left out.
  std::string progress() const;
};

/// The manifest of a run directory, its lists checked. Throws DataError.
nlohmann::ordered_json read_manifest(const std::filesystem::path& file);

bool is_run_directory(const std::filesystem::path& path);

/// Throws DataError for a folder that is no run directory, or a damaged one.
StoredRun read_stored_run(const std::filesystem::path& path);

}  // namespace snnsim::experiments
