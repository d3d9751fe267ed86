#include "experiments/owner_file.hpp"

#include <array>
#include <csignal>
#include <optional>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "experiments/run_lock.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;

/// An owner file that another machine's process last touched so many seconds ago.
void write_owner(const fs::path& folder, const ProcessIdentity& who, long age) {
  const nlohmann::json json{{"process", who.process}, {"host", who.host}, {"machine", who.machine},
                            {"started", who.started}, {"since", "then"},  {"token", "theirs"}};
  write_file(folder / ".owner", json.dump());
  const timespec then{::time(nullptr) - age, 0};
  const std::array<timespec, 2> times{then, then};
  REQUIRE(::utimensat(AT_FDCWD, (folder / ".owner").c_str(), times.data(), 0) == 0);
}

const ProcessIdentity elsewhere{.process = 7, .host = "node9", .machine = "another boot", .started = 1};

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("an owner file names its holder, refuses others, and goes with its object") {
  const tests::ScratchFolder folder;
  CHECK_FALSE(owner_of(folder.path()));
  {
    const OwnerFile owner(folder.path());
    CHECK(owner.held());
    CHECK(files_in(folder.path()) == 1);
    REQUIRE(owner_of(folder.path()));
    CHECK(owner_of(folder.path())->who == this_process());
    CHECK(tests::complaint([&] { const OwnerFile second(folder.path()); }) ==
          folder.path().string() + ": in use by " + this_process().text());
    CHECK(files_in(folder.path()) == 1);
  }
  CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("on this machine the owner counts as long as its process runs, whatever the file's age") {
  const tests::ScratchFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  ProcessIdentity who = this_process();
  who.process = child;
  write_owner(folder.path(), who, 100000);
  CHECK_FALSE(owner_of(folder.path()));  // the number is taken, but by a process that started at another time
  const std::string stat = read_file(fmt::format("/proc/{}/stat", child));
  std::size_t at = stat.rfind(')');
  for (int i = 0; i < 20; ++i) at = stat.find(' ', at + 1);
  who.started = std::stoull(stat.substr(at + 1));
  write_owner(folder.path(), who, 100000);
  CHECK(owner_of(folder.path()));
  CHECK_THROWS_AS(OwnerFile(folder.path()), ConfigurationError);
  ::kill(child, SIGKILL);
  int status = 0;
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE(owner_of(folder.path()));  // a zombie
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK_FALSE(owner_of(folder.path()));
  const OwnerFile next(folder.path());
  CHECK(next.held());
}

TEST_CASE("an owner on another machine counts until it has been silent for long") {
  const tests::ScratchFolder folder;
  write_owner(folder.path(), elsewhere, owner_silence.count() - 60);
  REQUIRE(owner_of(folder.path()));
  CHECK(tests::complaint([&] { const OwnerFile mine(folder.path()); }) ==
        folder.path().string() + ": in use by process 7 on node9");
  write_owner(folder.path(), elsewhere, owner_silence.count() + 60);
  CHECK_FALSE(owner_of(folder.path()));
  const OwnerFile mine(folder.path());
  CHECK(mine.held());
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a beat makes the file young again") {
  const tests::ScratchFolder folder;
  const OwnerFile owner(folder.path());
  fs::last_write_time(folder.path() / ".owner", fs::file_time_type::clock::now() - std::chrono::hours(1));
  owner.beat();
  CHECK(fs::file_time_type::clock::now() - fs::last_write_time(folder.path() / ".owner") < std::chrono::minutes(1));
}

TEST_CASE("a holder that was taken over notices before it writes, and leaves the file of the other") {
  const tests::ScratchFolder folder;
  {
    const RunLock lock(folder.path());
    lock.confirm();
    write_owner(folder.path(), elsewhere, 0);
    CHECK(tests::complaint([&] { lock.confirm(); }).find("took this directory over") != std::string::npos);
  }
  CHECK(owner_of(folder.path())->who == elsewhere);
}

TEST_CASE("of many processes that find a dead owner, one takes its place") {
  const tests::ScratchFolder folder;
  constexpr int processes = 8;
  for (int round = 0; round < 20; ++round) {
    write_owner(folder.path(), elsewhere, owner_silence.count() + 60);
    std::array<int, 2> start{}, tried{}, ends{};
    REQUIRE(::pipe(start.data()) == 0);
    REQUIRE(::pipe(tried.data()) == 0);
    REQUIRE(::pipe(ends.data()) == 0);
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i) {
      children.push_back(fork());
      if (children.back() != 0) continue;
      ::close(start[1]);
      ::close(ends[1]);
      char byte = 0;
      (void)!::read(start[0], &byte, 1);  // until the parent closes its end: all at once
      try {
        const OwnerFile owner(folder.path());
        (void)!::write(tried[1], &byte, 1);
        (void)!::read(ends[0], &byte, 1);  // a holder that ended before the last one tried would be dead to it
        ::_exit(owner.held() ? 0 : 3);
      } catch (...) {
        (void)!::write(tried[1], &byte, 1);
        ::_exit(2);
      }
    }
    ::close(start[0]);
    ::close(tried[1]);
    ::close(ends[0]);
    ::close(start[1]);
    std::array<char, processes> bytes{};
    int heard = 0;
    for (ssize_t more = 1; heard < processes && more > 0; heard += static_cast<int>(more))
      more = ::read(tried[0], bytes.data(), bytes.size());
    CHECK(heard == processes);
    ::close(tried[0]);
    ::close(ends[1]);
    int winners = 0;
    for (const pid_t child : children) {
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      if (WIFEXITED(status) && WEXITSTATUS(status) == 0) ++winners;
    }
    CHECK(winners == 1);
  }
}

}  // namespace snnsim::experiments
