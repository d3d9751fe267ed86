#include "tests/support/command.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <sys/wait.h>

#include "tests/support/assets.hpp"

namespace snnsim::tests {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int exit_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Outcome run_command(const std::string& command, const std::filesystem::path& folder) {
  const std::filesystem::path script = folder / ".command", out = folder / ".out", err = folder / ".err";
  std::ofstream(script) << fmt::format("PROJECT='{}'; PATH='{}':$PATH; export PROJECT PATH\ncd '{}'\n{}\n",
                                       source_dir().string(), SNNSIM_PROGRAM_FOLDER, folder.string(), command);
  const int status =
      std::system(fmt::format("sh '{}' >'{}' 2>'{}' </dev/null", script.string(), out.string(), err.string()).c_str());
  Outcome outcome{exit_code(status), content(out), content(err)};
  for (const auto& file : {script, out, err}) std::filesystem::remove(file);
  return outcome;
}

std::string short_run(const std::string& changes) {
  return "snnsim run \"$PROJECT/experiments/quickstart.json\" --out runs --set evaluation.perplexity.0.max_segments=2 "
         "--set evaluation.perplexity.0.segment=48 --set quantization.calibration.segments=4 "
         "--set quantization.calibration.length=64 --set conversion.timesteps=4 " +
         changes;
}

}  // namespace snnsim::tests
