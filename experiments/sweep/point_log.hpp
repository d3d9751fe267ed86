#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace snnsim::experiments {

/// The log of a point holds what its processes printed, one attempt after the other. A line "snnsim sweep: start …"
/// begins an attempt and "snnsim sweep: exit CODE" ends it, written by whoever started the process.

inline constexpr int killed_exit_code = 128;  // plus the signal, as a shell says it
/// The process was asked to stop: it saved its state (130), or had not begun to compute (SIGTERM).
inline bool was_interrupted(int exit_code) {
  return exit_code == 130 || exit_code == killed_exit_code + 15;
}

/// How the last attempt went, as far as its log tells.
struct LastAttempt {
  std::optional<int> exit_code;  // none: not ended, or whoever started it was killed
  std::string cause;             // one line; empty if it did not fail
};

/// Nothing if there is no such file. A failure's cause is the last error that the program printed, else the signal or
/// the code itself.
LastAttempt last_attempt(const std::filesystem::path& log);

std::string start_line(std::string_view where);
std::string exit_line(int exit_code);

}  // namespace snnsim::experiments
