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

RunLock::RunLock(const std::filesystem::path& directory)
    : descriptor_(::open((directory / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0)
    throw DataError(fmt::format("{}: cannot be locked: {}", directory.string(), std::strerror(errno)),
                    "check the rights of the folder");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const std::string who = holder(descriptor_);
    ::close(descriptor_);
    throw ConfigurationError(fmt::format("{}: in use by {}", directory.string(), who),
                             "wait until it has finished, or stop it; a stopped run can be continued");
  }
  const std::string who = fmt::format("process {} on {}", ::getpid(), host_name());
  if (::ftruncate(descriptor_, 0) == 0) (void)!::write(descriptor_, who.data(), who.size());
}

RunLock::~RunLock() {
  ::close(descriptor_);
}

}  // namespace snnsim::experiments
