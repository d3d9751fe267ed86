#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "experiments/network/network_description.hpp"

namespace snnsim::experiments {

/// True if a file describes a network and not an experiment: JSON with a key "populations" at the top, or whose
/// "$schema" names that of networks. False for a file that cannot be read.
bool is_network_file(const std::filesystem::path& file);

/// Reads a network, as read_experiment() an experiment. Throws ConfigurationError with file:line:column for what the
/// keys do not allow, and for what does not fit together: names, numbers of neurons, shapes of weights, spikes beyond
/// the last step. The HDF5 files that it names are not opened.
NetworkDescription read_network(const std::filesystem::path& file, std::span<const std::string> settings = {});

/// The same from a text; `file` names it in messages, its folder resolves paths and its stem is the default name.
NetworkDescription parse_network(std::string_view text, const std::filesystem::path& file,
                                 std::span<const std::string> settings = {});

/// Every field with its value, in the order of declaration; reads back to an equal NetworkDescription.
nlohmann::ordered_json to_json(const NetworkDescription& network);

}  // namespace snnsim::experiments
