#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace snnsim::experiments {

/// Processes of this program that it started itself. They are asked to stop (SIGTERM) when this process ends, however
/// it ends, and get no signal from the terminal.
class ChildProcesses {
 public:
  struct Ended {
    std::size_t id = 0;
    int exit_code = 0;  // 128 + signal if it was killed
  };

  ChildProcesses() = default;
  ~ChildProcesses();
  ChildProcesses(const ChildProcesses&) = delete;
  ChildProcesses& operator=(const ChildProcesses&) = delete;

  /// Runs this program with these words; what it prints is appended to `log`. To be called by the main thread: the
  /// children end with the thread that started them. Throws DataError when it cannot be started.
  void start(std::size_t id, const std::vector<std::string>& words, const std::filesystem::path& log);
  /// Those that ended; waits for the first at most so long, or until a signal comes.
  std::vector<Ended> wait(std::chrono::milliseconds most);
  void terminate() const noexcept;

 private:
  struct Child {
    std::size_t id;
    pid_t process;
    int end;  // of a pipe whose other end the child has: it closes when the child ends
  };
  std::vector<Child> children_;
};

}  // namespace snnsim::experiments
