#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "experiments/json_source.hpp"

namespace snnsim::experiments {

inline constexpr std::string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

/// True for up to 100 of these characters, not a '.' in front: what can name a folder, and a group of HDF5.
bool is_plain_name(std::string_view name);

/// The name of a run whose file gives none: the stem of the file.
std::string name_of_file(const std::filesystem::path& file);

/// Throws ConfigurationError for a name of a run that is no plain one.
void check_name(const JsonSource& source, const std::string& name);

}  // namespace snnsim::experiments
