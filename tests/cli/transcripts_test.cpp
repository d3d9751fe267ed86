// Each file in transcripts/ is a session: `$ command`, then its output (stderr behind stdout) line by line, then
// `[n]` when the exit code n is not 0. In expected lines, * stands for any characters. A line of its own "..." stands
// for any number of lines.
#include <algorithm>
#include <fstream>
#include <span>
#include <sstream>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "experiments/glob.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

using Lines = std::vector<std::string>;

struct Step {
  std::string command;
  Lines expected;
};

Lines lines_of(const std::string& text) {
  std::istringstream in(text);
  Lines lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Step> read_transcript(const std::filesystem::path& file) {
  std::vector<Step> steps;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("$ "))
      steps.push_back({line.substr(2), {}});
    else if (!steps.empty())
      steps.back().expected.push_back(line);
  }
  return steps;
}

Lines actual_lines(const Outcome& outcome) {
  Lines lines = lines_of(outcome.out);
  for (const std::string& line : lines_of(outcome.err)) lines.push_back(line);
  if (outcome.exit_code != 0) lines.push_back(fmt::format("[{}]", outcome.exit_code));
  return lines;
}

bool matches(std::span<const std::string> expected, std::span<const std::string> actual) {
  if (expected.empty()) return actual.empty();
  if (expected.front() != "...")
    return !actual.empty() && experiments::glob_match(expected.front(), actual.front()) &&
           matches(expected.subspan(1), actual.subspan(1));
  for (std::size_t skipped = 0; skipped <= actual.size(); ++skipped)
    if (matches(expected.subspan(1), actual.subspan(skipped))) return true;
  return false;
}

TEST_CASE("transcripts") {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "tests" / "cli" / "transcripts"))
    files.push_back(entry.path());
  std::ranges::sort(files);
  REQUIRE(!files.empty());
  for (const auto& file : files) {
    const ScratchFolder folder;
    const std::vector<Step> steps = read_transcript(file);
    REQUIRE(!steps.empty());
    for (const Step& step : steps) {
      const Lines actual = actual_lines(run_command(step.command, folder.path()));
      std::string shown;
      for (const std::string& line : actual) shown += line + "\n";
      CHECK_MESSAGE(matches(step.expected, actual), file.filename().string(), ": $ ", step.command, "\nprinted\n",
                    shown);
    }
  }
}

}  // namespace
}  // namespace snnsim::tests
