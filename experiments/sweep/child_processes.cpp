#include "experiments/sweep/child_processes.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.hpp"

namespace snnsim::experiments {
namespace {

constexpr const char* this_program = "/proc/self/exe";
constexpr int not_started = 127;

[[noreturn]] void cannot_start(int code) {
  throw DataError(fmt::format("a process cannot be started: {}", std::strerror(code)),
                  "free some memory, or run fewer at a time with --jobs");
}

/// No signal comes while this exists: one that comes to a child before it has exchanged the handlers of its parent
/// would be lost.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { restore(); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  void restore() const { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* const* words, int log, int end, pid_t parent, const SignalsBlocked& blocked) {
  for (const int signal : {SIGINT, SIGTERM}) ::signal(signal, SIG_DFL);
  blocked.restore();
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(not_started);  // it ended before this process asked to be told
  ::fcntl(end, F_SETFD, 0);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execv(this_program, words);
  ::_exit(not_started);
}

int exit_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return exit_code(status);
}

}  // namespace

ChildProcesses::~ChildProcesses() {
  terminate();
  for (const Child& child : children_) {
    wait_for(child.process);
    ::close(child.end);
  }
}

void ChildProcesses::start(std::size_t id, const std::vector<std::string>& words, const std::filesystem::path& log) {
  std::vector<std::string> owned{"snnsim"};
  owned.insert(owned.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  pointers.reserve(owned.size() + 1);
  for (std::string& word : owned) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) cannot_start(errno);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const pid_t parent = ::getpid();
  const SignalsBlocked blocked;
  const pid_t process = output < 0 ? -1 : ::fork();
  if (process == 0) become(pointers.data(), output, ends[1], parent, blocked);
  const int code = errno;
  ::close(ends[1]);
  ::close(output);
  if (process < 0) {
    ::close(ends[0]);
    cannot_start(code);
  }
  children_.push_back({id, process, ends[0]});
}

std::vector<ChildProcesses::Ended> ChildProcesses::wait(std::chrono::milliseconds most) {
  std::vector<pollfd> ends;
  for (const Child& child : children_) ends.push_back({.fd = child.end, .events = 0, .revents = 0});
  std::vector<Ended> out;
  if (::poll(ends.data(), ends.size(), static_cast<int>(most.count())) <= 0) return out;
  for (std::size_t i = children_.size(); i-- > 0;) {
    if (ends[i].revents == 0) continue;
    out.push_back({children_[i].id, wait_for(children_[i].process)});
    ::close(children_[i].end);
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return out;
}

void ChildProcesses::terminate() const noexcept {
  for (const Child& child : children_) ::kill(child.process, SIGTERM);
}

}  // namespace snnsim::experiments
