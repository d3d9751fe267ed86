// What the README shows of the quick start is what it prints.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/assets.hpp"
#include "tests/support/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

/// The lines of the README's first block between fences.
std::vector<std::string> shown_lines() {
  std::ifstream in(source_dir() / "README.md");
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    const bool fence = line == "```";
    if (fence && inside) return lines;
    if (inside) lines.push_back(line);
    inside = inside || fence;
  }
  return lines;
}

TEST_CASE("the README's quick start prints what the README shows") {
  const ScratchFolder folder;
  const Outcome outcome = run_command("snnsim run \"$PROJECT/experiments/quickstart.json\" --out runs", folder.path());
  REQUIRE(outcome.exit_code == 0);
  const std::vector<std::string> lines = shown_lines();
  REQUIRE(lines.size() > 15);
  std::istringstream printed(outcome.out);
  std::string line;
  for (const std::string& shown : lines) {
    if (shown == "  ...") continue;
    while (std::getline(printed, line) && line != shown) {
    }
    CHECK_MESSAGE(line == shown, shown);
  }
}

}  // namespace
}  // namespace snnsim::tests
