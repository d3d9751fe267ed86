#include "experiments/run_lock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/error.hpp"
#include "experiments/machine.hpp"

namespace snnsim::experiments {
namespace {

std::string holder(int descriptor) {
  std::array<char, 256> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : "another process";
}

}  // namespace

RunLock::Descriptor::Descriptor(const std::filesystem::path& directory)
    : descriptor_(::open((directory / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0)
    throw DataError(fmt::format("{}: cannot be locked: {}", directory.string(), std::strerror(errno)),
                    "check the rights of the folder");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {  // else there are no such locks here
    const std::string who = holder(descriptor_);
    ::close(descriptor_);
    throw DirectoryInUse(directory, who);
  }
  const std::string who = fmt::format("process {} on {}", ::getpid(), host_name());
  if (::ftruncate(descriptor_, 0) == 0) (void)!::write(descriptor_, who.data(), who.size());
}

RunLock::Descriptor::~Descriptor() {
  ::close(descriptor_);
}

RunLock::RunLock(const std::filesystem::path& directory)
    : directory_(directory),
      descriptor_(directory),
      owner_(directory),
      heart_([this](const std::stop_token& stop) { beat_until(stop); }) {}

void RunLock::beat_until(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, stop, owner_beat, [&] { return stop.stop_requested(); })) owner_.beat();
}

void RunLock::confirm() const {
  if (owner_.held()) return;
  throw DataError(fmt::format("{}: another process took this directory over, after this one had been silent for more "
                              "than {} s",
                              directory_.string(), owner_silence.count()),
                  "leave the run to it; what is finished is kept");
}

}  // namespace snnsim::experiments
