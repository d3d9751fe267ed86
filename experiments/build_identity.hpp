#pragma once

#include <filesystem>
#include <string_view>

namespace snnsim::experiments {

/// What this program was built from and with.
std::string_view version();
std::string_view git_revision();  // empty outside a git checkout
std::string_view compiler();
std::string_view compiler_flags();
/// The project's configs/ folder.
std::filesystem::path configs_folder();
/// The folder of the model and the texts that come with the project.
std::filesystem::path bundled_folder();

}  // namespace snnsim::experiments
