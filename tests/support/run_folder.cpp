#include "tests/support/run_folder.hpp"

#include <fstream>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/command.hpp"

namespace snnsim::tests {

namespace fs = std::filesystem;

fs::path only_run(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder / "runs"))
    if (!entry.path().filename().string().starts_with(".")) found.push_back(entry.path());
  REQUIRE(found.size() == 1);
  return found[0];
}

std::size_t finished_segments(const fs::path& runs) {
  std::size_t lines = 0;
  if (!fs::exists(runs)) return 0;
  for (const auto& entry : fs::directory_iterator(runs)) {
    std::ifstream in(entry.path() / "results.jsonl");
    for (std::string line; std::getline(in, line);) ++lines;
  }
  return lines;
}

int disturbed(const std::string& command, const fs::path& folder, const char* signal) {
  const std::size_t before = finished_segments(folder / "runs");
  return disturbed(command, folder, signal, [&] { return finished_segments(folder / "runs") != before; });
}

int disturbed(const std::string& command, const fs::path& folder, const char* signal,
              const std::function<bool()>& happened) {
  const std::string script = fmt::format("{} & echo $! > pid; wait $!", command);
  fs::remove(folder / "pid");
  int code = 0;
  std::jthread runner([&] { code = run_command(script, folder).exit_code; });
  while (!happened()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  std::ifstream in(folder / "pid");
  std::string pid;
  in >> pid;
  CHECK(std::system(fmt::format("kill -{} {}", signal, pid).c_str()) == 0);
  runner.join();
  return code;
}

}  // namespace snnsim::tests
