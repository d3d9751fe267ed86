#pragma once

#include <filesystem>
#include <string>

namespace snnsim::experiments {

/// What `snnsim inspect` prints of a network file, and of the folder of a run of one.
std::string inspect_network(const std::filesystem::path& file);
bool is_network_run(const std::filesystem::path& folder);
std::string inspect_network_run(const std::filesystem::path& folder);

}  // namespace snnsim::experiments
