#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>

#include "experiments/owner_file.hpp"

namespace snnsim::experiments {

/// Holds a run directory for this process, by a lock of the kernel on the file `.lock` where the file system has such
/// locks, and by an owner file everywhere, whose time a thread of this object keeps fresh. The kernel lets go of its
/// lock when the process ends, however it ends; an owner file that is left behind counts no longer then.
class RunLock {
 public:
  /// Throws DirectoryInUse that names the holder when another process has it.
  explicit RunLock(const std::filesystem::path& directory);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  /// To be called before the directory is written to. Throws DataError when another machine took it over because this
  /// process could not refresh its owner file for long, stopped or cut off from the file server.
  void confirm() const;
  /// Takes the owner file away, so that the folder can be removed.
  void release() noexcept { owner_.release(); }

 private:
  /// The file with the kernel's lock.
  class Descriptor {
   public:
    explicit Descriptor(const std::filesystem::path& directory);
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

   private:
    int descriptor_;
  };

  void beat_until(const std::stop_token& stop);

  std::filesystem::path directory_;
  Descriptor descriptor_;
  OwnerFile owner_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread heart_;  // last: it uses the others
};

}  // namespace snnsim::experiments
