#pragma once

#include <atomic>

namespace snnsim::experiments::cli {

/// True once SIGINT or SIGTERM came: finish what is running, save, stop. A second signal ends the process at once.
/// Calling it installs the handlers.
const std::atomic<bool>& stop_requested();

inline constexpr int interrupted_exit_code = 130;

}  // namespace snnsim::experiments::cli
