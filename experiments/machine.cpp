#include "experiments/machine.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>

#include <fmt/chrono.h>
#include <sys/resource.h>
#include <unistd.h>

namespace snnsim::experiments {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// MemAvailable of the system.
std::uint64_t memory_available() {
  std::ifstream in("/proc/meminfo");
  std::string key, unit;
  for (std::uint64_t kibibytes = 0; in >> key >> kibibytes; std::getline(in, unit))
    if (key == "MemAvailable:") return kibibytes * 1024;
  return 0;
}

std::uint64_t number_in(const std::filesystem::path& file, std::uint64_t otherwise) {
  std::ifstream in(file);
  std::uint64_t number = 0;
  return in >> number ? number : otherwise;
}

/// Cached pages that no longer are in use: they make room when memory is asked for.
std::uint64_t inactive_pages(const std::filesystem::path& group) {
  std::ifstream in(group / "memory.stat");
  std::string key;
  for (std::uint64_t bytes = 0; in >> key >> bytes;)
    if (key == "inactive_file") return bytes;
  return 0;
}

/// What the control group (version 2) of this process, and those that it is in, leave.
std::uint64_t group_available() {
  std::ifstream in("/proc/self/cgroup");
  std::string line;
  std::getline(in, line);
  if (!line.starts_with("0::/")) return unlimited;
  const std::filesystem::path root = "/sys/fs/cgroup";
  std::uint64_t least = unlimited;
  for (std::filesystem::path name = line.substr(4);; name = name.parent_path()) {
    const std::filesystem::path group = root / name;
    const std::uint64_t most = number_in(group / "memory.max", unlimited);  // "max" is no number
    const std::uint64_t used = number_in(group / "memory.current", 0), idle = inactive_pages(group);
    const std::uint64_t busy = used > idle ? used - idle : 0;
    if (most != unlimited) least = std::min(least, most > busy ? most - busy : 0);
    if (name.empty()) return least;
  }
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string cpu_model() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.find(": "), line.size() - 2) + 2);
  return {};
}

std::uint64_t peak_resident_bytes() {
  rusage usage{};
  return ::getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<std::uint64_t>(usage.ru_maxrss) * 1024 : 0;
}

std::uint64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  in >> size >> resident;  // pages
  return in ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::uint64_t available_bytes() {
  const std::uint64_t free = memory_available(), group = group_available();
  return free == 0 ? 0 : std::min(free, group);
}

std::string timestamp() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace snnsim::experiments
