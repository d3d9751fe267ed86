#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "experiments/stored_run.hpp"

namespace snnsim::experiments {

/// Tables that other programs read (TableFile). Each returns the number of rows.

/// A row for each spike of the populations whose names match: population, timestamp, node_id, and where the file says
/// so, segment, position, count. Throws DataError for a file without spikes, ConfigurationError when no name matches.
std::uint64_t export_spikes(const std::filesystem::path& spikes, const std::string& names,
                            const std::filesystem::path& to);

/// A row for each finished segment: what its line of results.jsonl has, but for populations and projections; names of
/// members of members are joined by a dot. `text` is the path of the text.
std::uint64_t export_segments(const StoredRun& run, const std::filesystem::path& to);

/// A row for each population of each finished segment, and the sums that it adds to the report.
std::uint64_t export_populations(const StoredRun& run, const std::filesystem::path& to);
/// The same for each projection.
std::uint64_t export_projections(const StoredRun& run, const std::filesystem::path& to);

}  // namespace snnsim::experiments
