#include "experiments/process_identity.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "experiments/machine.hpp"

namespace snnsim::experiments {
namespace {

std::string boot() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string id;
  in >> id;
  return id;
}

std::string process_namespace() {
  std::array<char, 64> name{};
  const ssize_t size = ::readlink("/proc/self/ns/pid", name.data(), name.size());
  return size > 0 ? std::string(name.data(), static_cast<std::size_t>(size)) : "";
}

/// What /proc/<process>/stat says; state 0 if there is no such process.
struct ProcessState {
  char state = 0;
  std::uint64_t started = 0;
};

ProcessState state_of(pid_t process) {
  std::ifstream in(fmt::format("/proc/{}/stat", process));
  const std::string stat{std::istreambuf_iterator<char>(in), {}};
  const std::size_t name_end = stat.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return {};
  std::istringstream fields(stat.substr(name_end + 1));
  ProcessState out;
  fields >> out.state;
  constexpr int between = 18;  // fields 4 to 21; 22 is the start
  std::string skipped;
  for (int i = 0; i < between; ++i) fields >> skipped;
  fields >> out.started;
  return out;
}

}  // namespace

std::string ProcessIdentity::text() const {
  return fmt::format("process {} on {}", process, host);
}

ProcessIdentity this_process() {
  return {.process = ::getpid(),
          .host = host_name(),
          .machine = fmt::format("{} {}", boot(), process_namespace()),
          .started = state_of(::getpid()).started};
}

bool is_on_this_machine(const ProcessIdentity& who) {
  const ProcessIdentity here = this_process();
  return who.host == here.host && who.machine == here.machine;
}

bool is_running(const ProcessIdentity& who) {
  if (::kill(who.process, 0) != 0 && errno == ESRCH) return false;
  const ProcessState now = state_of(who.process);
  return now.state == 0 || (now.state != 'Z' && now.state != 'X' && now.started == who.started);
}

}  // namespace snnsim::experiments
