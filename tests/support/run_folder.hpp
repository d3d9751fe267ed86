#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace snnsim::tests {

/// The only run directory in runs/ of a folder.
std::filesystem::path only_run(const std::filesystem::path& folder);

/// Lines of results.jsonl in all run directories of a folder.
std::size_t finished_segments(const std::filesystem::path& runs);

/// Starts the command in `folder` and ends it with `signal` as soon as something has happened there. Returns its exit
/// code.
int disturbed(const std::string& command, const std::filesystem::path& folder, const char* signal,
              const std::function<bool()>& happened);
/// The same as soon as one more segment is finished.
int disturbed(const std::string& command, const std::filesystem::path& folder, const char* signal);

}  // namespace snnsim::tests
