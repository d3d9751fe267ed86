#pragma once

#include <filesystem>

namespace snnsim::experiments {

/// Holds a run directory for this process. The kernel lets go of it when the process ends, however it ends, so no lock
/// is ever left behind; the file `.lock` stays and only says who held it last.
class RunLock {
 public:
  /// Throws ConfigurationError that names the holder when another process has it.
  explicit RunLock(const std::filesystem::path& directory);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace snnsim::experiments
