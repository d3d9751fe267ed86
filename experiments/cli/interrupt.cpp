#include "experiments/cli/interrupt.hpp"

#include <csignal>

#include <unistd.h>

namespace snnsim::experiments::cli {
namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

extern "C" void on_signal(int) {
  if (stop.exchange(true)) ::_exit(interrupted_exit_code);
}

}  // namespace

const std::atomic<bool>& stop_requested() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  return stop;
}

}  // namespace snnsim::experiments::cli
