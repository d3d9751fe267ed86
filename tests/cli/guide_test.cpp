// Every command of docs/guide.md runs, in the order in which it stands there, with the files that it shows.
#include <cstdlib>
#include <fstream>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/assets.hpp"
#include "tests/support/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

std::vector<std::string> guide_lines() {
  std::ifstream in(source_dir() / "docs" / "guide.md");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The name between the last two backquotes of a line: that of the file that follows.
std::string last_name(const std::string& line) {
  const std::size_t end = line.rfind('`'), begin = line.rfind('`', end - 1);
  return line.substr(begin + 1, end - begin - 1);
}

/// A folder in which the project's own files are where the guide has them.
void prepare(const std::filesystem::path& folder) {
  for (const char* name : {"experiments", "bundled", "configs"})
    std::filesystem::create_directory_symlink(source_dir() / name, folder / name);
}

bool left_out(const std::string& command) {
  if (command == "./quickstart") return true;  // builds; its run is the next command
  if (!command.starts_with("mpirun") || std::system("command -v mpirun > /dev/null") == 0) return false;
  MESSAGE("skipped, there is no mpirun: ", command);
  return true;
}

void run_as_shown(std::string command, const std::filesystem::path& folder) {
  if (left_out(command)) return;
  const std::string program = "build/release/snnsim";
  command.replace(command.find(program), program.size(), "snnsim");
  if (command.starts_with("mpirun")) command.replace(0, 6, "mpirun --allow-run-as-root --oversubscribe");
  const Outcome outcome = run_command(command, folder);
  CAPTURE(command);
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
}

}  // namespace

TEST_CASE("every command of the guide works" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  prepare(folder.path());
  std::string before;
  std::ofstream file;
  std::size_t commands = 0;
  for (const std::string& line : guide_lines()) {
    if (line == "```json")
      file.open(folder.path() / last_name(before));
    else if (line == "```")
      file.close();
    else if (file.is_open())
      file << line << '\n';
    else if (line.starts_with("    ")) {
      run_as_shown(line.substr(4), folder.path());
      ++commands;
    }
    if (!line.empty()) before = line;
  }
  CHECK(commands > 20);
  CHECK(std::filesystem::exists(folder.path() / "compare.html"));
}

}  // namespace snnsim::tests
