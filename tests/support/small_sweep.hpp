#pragma once

#include <filesystem>
#include <string>

namespace snnsim::tests {

/// Writes small.json: a sweep on the bundled model, of short runs. `sweep`: its section.
void write_small_sweep(const std::filesystem::path& folder, const std::string& sweep, int segments = 2);

/// The only folder of a sweep in runs/ of a folder.
std::filesystem::path sweep_directory(const std::filesystem::path& folder);

/// How often a word is in a text.
std::size_t times(const std::string& text, const std::string& word);

}  // namespace snnsim::tests
