#include "experiments/sweep/point_log.hpp"

#include <charconv>
#include <cstring>
#include <sstream>

#include <fmt/format.h>

#include "experiments/files.hpp"
#include "experiments/machine.hpp"

namespace snnsim::experiments {
namespace {

constexpr std::string_view start_prefix = "snnsim sweep: start ", exit_prefix = "snnsim sweep: exit ",
                           error_prefix = "snnsim: ";

int code_of(const std::string& line) {
  int code = 0;
  (void)std::from_chars(line.data() + exit_prefix.size(), line.data() + line.size(), code);
  return code;
}

/// When nothing was printed.
std::string plain_cause(int code) {
  if (code <= killed_exit_code) return fmt::format("ended with exit code {}", code);
  return fmt::format("killed by signal {} ({})", code - killed_exit_code, ::strsignal(code - killed_exit_code));
}

}  // namespace

LastAttempt last_attempt(const std::filesystem::path& log) {
  LastAttempt last;
  if (!std::filesystem::exists(log)) return last;
  std::istringstream in(read_file(log));
  std::string error;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(start_prefix)) {
      last = {};
      error.clear();
    } else if (line.starts_with(exit_prefix)) {
      last.exit_code = code_of(line);
    } else if (line.starts_with(error_prefix)) {
      error = line.substr(error_prefix.size());
    }
  }
  if (last.exit_code && *last.exit_code != 0 && !was_interrupted(*last.exit_code)) {
    const bool told = !error.empty() && *last.exit_code <= killed_exit_code;
    last.cause = told ? error : plain_cause(*last.exit_code);
  }
  return last;
}

std::string start_line(std::string_view where) {
  return fmt::format("{}{} {}", start_prefix, timestamp(), where);
}

std::string exit_line(int exit_code) {
  return fmt::format("{}{}", exit_prefix, exit_code);
}

}  // namespace snnsim::experiments
