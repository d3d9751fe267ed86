#include "tests/support/small_sweep.hpp"

#include <fstream>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "experiments/sweep/sweep_directory.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::tests {

namespace fs = std::filesystem;

void write_small_sweep(const fs::path& folder, const std::string& sweep, int segments) {
  const std::string bundled = (source_dir() / "bundled").string();
  std::ofstream(folder / "small.json") << fmt::format(
      R"({{"model": {{"checkpoint": "{0}/stories3m"}},
          "quantization": {{"calibration": {{"text": "{0}/text/calibration.txt", "segments": 2, "length": 32}}}},
          "evaluation": {{"perplexity": [{{"text": "{0}/text/heldout.txt", "segment": 24, "max_segments": {1}}}]}},
          "sweep": {2}}})",
      bundled, segments, sweep);
}

fs::path sweep_directory(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder / "runs"))
    if (experiments::is_sweep_directory(entry.path())) found.push_back(entry.path());
  REQUIRE(found.size() == 1);
  return found[0];
}

std::size_t times(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

}  // namespace snnsim::tests
