#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "core/error.hpp"
#include "experiments/process_identity.hpp"

namespace snnsim::experiments {

/// The file `.owner` of a folder names the process that works in it. Unlike a lock of the kernel it works on every file
/// system that machines share: making it is atomic, and its holder sets its modification time to now every
/// `owner_beat`.
/// It counts no longer when its process has ended, which its own machine can tell at once, or, for the other machines,
/// when it was not touched for `owner_silence`.
inline constexpr std::chrono::seconds owner_beat{30};
inline constexpr std::chrono::seconds owner_silence{300};

struct Owner {
  ProcessIdentity who;
  std::string token;  // of this holding
  std::string since;

  bool operator==(const Owner&) const = default;
};

/// An owner's file as it was read: who, and when it was touched last.
struct OwnerReading {
  Owner owner;
  std::int64_t touched = 0;  // seconds of the epoch, by the clock of the file system
};

/// Another process works in a folder.
struct DirectoryInUse : ConfigurationError {
  DirectoryInUse(const std::filesystem::path& folder, const std::string& who);
};

/// Who works in the folder now; nothing if nobody does. Only reads.
std::optional<Owner> owner_of(const std::filesystem::path& folder);

/// This process's own `.owner`.
class OwnerFile {
 public:
  /// Throws DirectoryInUse that names the holder when another process works there, DataError when the file cannot
  /// be written.
  explicit OwnerFile(const std::filesystem::path& folder);
  /// Takes the file away.
  ~OwnerFile();
  OwnerFile(const OwnerFile&) = delete;
  OwnerFile& operator=(const OwnerFile&) = delete;

  void beat() const noexcept;
  /// The file still names this holding; it does not when another machine took the folder over.
  bool held() const;
  void release() noexcept;

 private:
  /// Gives the draft the name `.owner`; else who has it.
  std::optional<Owner> claim(const std::filesystem::path& draft) const;
  void bury(const std::filesystem::path& draft, const OwnerReading& dead) const;

  std::filesystem::path folder_;
  std::string token_;
  int descriptor_ = -1;
};

}  // namespace snnsim::experiments
