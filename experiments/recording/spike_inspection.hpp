#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace snnsim::experiments {

/// Which spikes of a file are drawn.
struct RasterChoice {
  std::string population{};                           // names, * and ? as in globs; empty: the first
  std::optional<std::int64_t> segment{}, position{};  // nullopt: all
};

/// A spike file for people: a line per population and the rasters of the chosen ones. Throws DataError for a file that
/// is none, and ConfigurationError for a choice that it does not have.
std::string inspect_spikes(const std::filesystem::path& path, const RasterChoice& choice);

}  // namespace snnsim::experiments
