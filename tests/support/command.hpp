#pragma once

#include <filesystem>
#include <string>

namespace snnsim::tests {

/// What a command line printed and how it ended.
struct Outcome {
  int exit_code = 0;  // 128 + signal when killed
  std::string out, err;
};

/// Runs a command line with sh in `folder`. `snnsim` is the program under test, $PROJECT the project's folder.
Outcome run_command(const std::string& command, const std::filesystem::path& folder);

/// The experiment of a short run on the bundled model; `changes` are further words for `snnsim run`.
std::string short_run(const std::string& changes);

}  // namespace snnsim::tests
