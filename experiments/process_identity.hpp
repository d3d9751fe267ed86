#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace snnsim::experiments {

/// A process that can be told from a later one with the same number, and from one on another machine.
struct ProcessIdentity {
  pid_t process = 0;
  std::string host;
  std::string machine;        // this boot of it and this namespace of process numbers
  std::uint64_t started = 0;  // clock ticks after the boot; 0 if the system does not say

  bool operator==(const ProcessIdentity&) const = default;
  /// "process 12 on host".
  std::string text() const;
};

ProcessIdentity this_process();

/// True if its number means something here.
bool is_on_this_machine(const ProcessIdentity& who);

/// Whether a process of this machine still runs; a zombie does not.
bool is_running(const ProcessIdentity& who);

}  // namespace snnsim::experiments
