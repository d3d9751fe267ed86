#include "experiments/sweep/run_points.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "experiments/sweep/sweep_line.hpp"

namespace snnsim::experiments {
namespace {

/// Processes that take a number of turns; a turn passes with each wait.
struct FakeProcess {
  int turns = 1;
  int exit_code = 0;
  std::uint64_t memory = 10;
  std::vector<PointState> states{};  // what is found, look by look; the last stays
};

class FakeRunner : public PointRunner {
 public:
  explicit FakeRunner(std::vector<FakeProcess> processes) : processes_(std::move(processes)) {}

  PointState state(std::size_t point) override {
    std::vector<PointState>& states = processes_[point].states;
    if (states.empty()) return PointState::pending;
    const PointState now = states.front();
    if (states.size() > 1) states.erase(states.begin());
    return now;
  }
  std::uint64_t memory(std::size_t point) override { return processes_[point].memory; }

  void start(std::size_t point) override {
    running_[point] = processes_[point].turns;
    history += "+" + std::to_string(point) + " ";
    std::uint64_t sum = 0;
    for (const auto& [running, turns] : running_) sum += processes_[running].memory;
    most_memory = std::max(most_memory, sum);
    most_running = std::max(most_running, running_.size());
  }

  std::vector<EndedPoint> wait(std::chrono::milliseconds) override {
    if (++waits == stop_after) stop = true;
    std::vector<EndedPoint> ended;
    for (auto& [point, turns] : running_)
      if (--turns == 0) ended.push_back({point, terminated ? 130 : processes_[point].exit_code});
    for (const EndedPoint& one : ended) {
      running_.erase(one.point);
      history += "-" + std::to_string(one.point) + " ";
    }
    return ended;
  }

  void terminate() override {
    terminated = true;
    for (auto& [point, turns] : running_) turns = 1;
  }

  std::string history;
  std::uint64_t most_memory = 0;
  std::size_t most_running = 0;
  int waits = 0, stop_after = 0;
  bool terminated = false;
  std::atomic<bool> stop{false};

 private:
  std::vector<FakeProcess> processes_;
  std::map<std::size_t, int> running_;
};

SweepProgress run(FakeRunner& runner, std::size_t points, const SweepLimits& limits,
                  const SweepObserver& observer = {}) {
  std::vector<std::size_t> all(points);
  for (std::size_t i = 0; i < points; ++i) all[i] = i;
  return run_points(all, limits, runner, observer, runner.stop);
}

}  // namespace

TEST_CASE("so many points run at a time, in order, and the next starts when one ends") {
  FakeRunner runner({{.turns = 3}, {.turns = 1}, {.turns = 1}, {.turns = 1}});
  const SweepProgress progress = run(runner, 4, {.jobs = 2, .memory = 1000});
  CHECK(runner.history == "+0 +1 -1 +2 -2 +3 -0 -3 ");
  CHECK(runner.most_running == 2);
  CHECK(progress.finished.size() == 4);
  CHECK(exit_code_of(progress) == 0);
}

TEST_CASE("planned memory admits what fits, passes over what does not, and runs what is too large alone") {
  FakeRunner runner({{.turns = 2, .memory = 60},
                     {.turns = 1, .memory = 50},
                     {.turns = 1, .memory = 40},
                     {.turns = 1, .memory = 500},
                     {.turns = 1, .memory = 1}});
  std::vector<std::size_t> warned;
  const SweepProgress progress = run(runner, 5, {.jobs = 3, .memory = 100},
                                     {.too_large = [&](std::size_t point, std::uint64_t) { warned.push_back(point); }});
  CHECK(runner.history == "+0 +2 -2 +4 -0 -4 +1 -1 +3 -3 ");
  CHECK(progress.finished.size() == 5);
  CHECK(warned == std::vector<std::size_t>{3});
  CHECK(runner.most_memory == 500);
}

TEST_CASE("failures do not stop the others, and the worst gives the exit code") {
  FakeRunner runner({{.exit_code = 2}, {.exit_code = 4}, {.exit_code = 3}, {}});
  const SweepProgress progress = run(runner, 4, {.jobs = 1, .memory = 100});
  CHECK(progress.finished == std::vector<std::size_t>{3});
  CHECK(progress.failed.size() == 3);
  CHECK(exit_code_of(progress) == 4);
  const auto code_of = [](int code) {
    SweepProgress one;
    one.failed.push_back({0, code});
    return exit_code_of(one);
  };
  CHECK(code_of(2) == 2);
  CHECK(code_of(1) == 1);
  CHECK(code_of(137) == 3);  // killed, as for lack of memory
  CHECK(code_of(127) == 1);
}

TEST_CASE("a finished point is not run, nor one that another sweep finishes meanwhile") {
  FakeRunner runner({{.states = {PointState::finished}},
                     {.states = {PointState::pending, PointState::finished}},
                     {.states = {PointState::interrupted}},
                     {.states = {PointState::failed}}});
  const SweepProgress progress = run(runner, 4, {.jobs = 1, .memory = 100});
  CHECK(runner.history == "+2 -2 +3 -3 ");
  CHECK(progress.finished.size() == 4);
}

TEST_CASE("a point that runs elsewhere is waited for, and run here if it ends there unfinished") {
  using S = PointState;
  FakeRunner runner({{.states = {S::running, S::running, S::finished}},
                     {.states = {S::running, S::running, S::running, S::interrupted}},
                     {}});
  const SweepProgress progress = run(runner, 3, {.jobs = 1, .memory = 100});
  CHECK(runner.history == "+2 -2 +1 -1 ");
  CHECK(progress.finished.size() == 3);
}

TEST_CASE("whoever is second to take a run directory leaves it") {
  FakeRunner runner({{.exit_code = 2,
                      .states = {PointState::pending, PointState::pending, PointState::running, PointState::running,
                                 PointState::finished}}});
  const SweepProgress progress = run(runner, 1, {.jobs = 1, .memory = 100});
  CHECK(runner.history == "+0 -0 ");
  CHECK(progress.failed.empty());
  CHECK(progress.finished.size() == 1);
}

TEST_CASE("once asked to stop, a sweep asks its points to stop and starts nothing more") {
  FakeRunner runner({{.turns = 1}, {.turns = 100}, {.turns = 100}, {.turns = 1}});
  runner.stop_after = 3;
  const SweepProgress progress = run(runner, 4, {.jobs = 2, .memory = 100});
  CHECK(runner.terminated);
  CHECK(progress.finished == std::vector<std::size_t>{0});
  CHECK(progress.interrupted == std::vector<std::size_t>{1, 2});
  CHECK(progress.pending == std::vector<std::size_t>{3});
  CHECK(exit_code_of(progress) == 130);
}

TEST_CASE("the line of a sweep tells how many are where, and what is left by the work done here") {
  SweepProgress progress;
  progress.finished = {0, 1};
  progress.running = {2};
  progress.pending = {3};
  progress.failed = {{4, 2}};
  const std::vector<double> work{100, 10, 10, 30, 5};
  CHECK(sweep_line(progress, work, 100, 20) == "2 of 5 done | 1 running | 1 pending | 1 failed | 1 min 20 s left");
  CHECK(sweep_line(progress, work, 110, 20) == "2 of 5 done | 1 running | 1 pending | 1 failed");
}

}  // namespace snnsim::experiments
