// snnsim sweep: a family of runs, one table; interrupted, killed, twice at once, it comes to the same table.
#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "experiments/sweep/sweep_directory.hpp"
#include "tests/support/command.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/small_sweep.hpp"

namespace snnsim::tests {
namespace {

namespace fs = std::filesystem;

constexpr const char* four = R"({"grid": {"conversion.timesteps": [2, 3],
                                          "conversion.neuron": ["integer_spiking", "sigma_delta"]}})";

constexpr const char* twenty_four =
    R"({"grid": {"conversion.neuron": ["integer_spiking", "sigma_delta", "st_bif", "integrate_and_fire"],
                 "quantization.activation_bits": [4, 6], "conversion.timesteps": [2, 4, 8]}})";

/// table.csv without the times, which differ from run to run.
std::string table_of(const fs::path& folder) {
  std::ifstream in(sweep_directory(folder) / "table.csv");
  std::string out, line;
  std::ptrdiff_t time = -1;
  while (std::getline(in, line)) {
    std::vector<std::string> cells;
    std::istringstream fields(line);
    for (std::string cell; std::getline(fields, cell, ',');) cells.push_back(cell);
    if (time < 0) time = std::ranges::find(cells, "wall_s") - cells.begin();
    REQUIRE(time < static_cast<std::ptrdiff_t>(cells.size()));
    cells.erase(cells.begin() + time);
    out += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return out;
}

}  // namespace

TEST_CASE("a sweep runs its points, makes one table, and does not run them again") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), four);
  const Outcome before = run_command("snnsim sweep small.json --status", folder.path());
  CHECK(before.exit_code == 0);
  CHECK(before.out.find("4 runs: 4 pending") != std::string::npos);
  CHECK_FALSE(fs::exists(folder.path() / "runs"));

  const Outcome part =
      run_command("snnsim sweep small.json --where conversion.timesteps=2 --max-runs 1", folder.path());
  CAPTURE(part.err);
  CHECK(part.exit_code == 0);
  CHECK(times(part.out, "finished") == 1);
  CHECK(times(table_of(folder.path()), "pending") == 3);
  const Outcome half = run_command("snnsim sweep small.json --status", folder.path());
  CHECK(half.out.find("4 runs: 1 finished, 3 pending") != std::string::npos);

  const Outcome all = run_command("snnsim sweep small.json --jobs 2", folder.path());
  CAPTURE(all.err);
  CHECK(all.exit_code == 0);
  CHECK(times(all.out, "finished") == 4);
  const std::string table = table_of(folder.path());
  CHECK(table.starts_with(
      "conversion.timesteps,conversion.neuron,dense_ppl,qann_ppl,snn_ppl,standard_error,synaptic_operations,"
      "spikes_per_token,state,run\n2,integer_spiking,"));
  CHECK(times(table, "finished") == 4);

  const std::size_t lines = finished_segments(folder.path() / "runs");
  const Outcome again = run_command("snnsim sweep runs/small-sweep-*", folder.path());
  CHECK(again.exit_code == 0);
  CHECK(finished_segments(folder.path() / "runs") == lines);
  CHECK(times(again.out, "finished") == 4);
  CHECK(table_of(folder.path()) == table);
  const Outcome compared = run_command("snnsim compare runs/*", folder.path());  // its folder is among them
  CHECK(times(compared.out, "complete") == 4);
}

TEST_CASE("a point is the run of the same experiment by hand") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), R"({"grid": {"conversion.timesteps": [2]}})");
  REQUIRE(
      run_command("snnsim run small.json --set conversion.timesteps=2 --quiet --out runs", folder.path()).exit_code ==
      0);
  const Outcome status = run_command("snnsim sweep small.json --status", folder.path());
  CHECK(status.out.find("1 runs: 1 finished") != std::string::npos);
}

TEST_CASE("a failing point does not stop the others; its cause is told and its log kept") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), R"({"grid": {"evaluation.perplexity.0.segment": [24, 100000, 32]}})");
  const Outcome outcome = run_command("snnsim sweep small.json", folder.path());
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find("snnsim: 1 of 3 runs failed\n") != std::string::npos);
  CHECK(outcome.err.find("longer than the model's context") != std::string::npos);
  CHECK(times(table_of(folder.path()), "finished") == 2);
  CHECK(times(table_of(folder.path()), "failed") == 1);
  const Outcome status = run_command("snnsim sweep small.json --status", folder.path());
  CHECK(status.out.find("3 runs: 2 finished, 1 failed") != std::string::npos);
  CHECK(status.out.find("longer than the model's context") != std::string::npos);
  CHECK(run_command("cat runs/small-sweep-*/logs/*", folder.path()).out.find("snnsim sweep: exit 2") !=
        std::string::npos);
}

TEST_CASE("what does not fit into the memory runs alone, with a warning") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), R"({"grid": {"conversion.timesteps": [1, 2]}})", 1);
  const Outcome outcome = run_command("snnsim sweep small.json --jobs 2 --memory 1M", folder.path());
  CHECK(outcome.exit_code == 0);
  CHECK(times(outcome.err, "more than the 1 MiB there are; it runs alone") == 2);
  CHECK(run_command("snnsim sweep small.json --memory much", folder.path()).exit_code == 2);
}

TEST_CASE("mistakes in a sweep are placed") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), R"({"grid": {"conversion.timestep": [1, 2]}})");
  for (const char* verb : {"sweep", "validate"}) {
    const Outcome outcome = run_command(fmt::format("snnsim {} small.json", verb), folder.path());
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err ==
          "snnsim: small.json:4:30: unknown key \"timestep\" in conversion\n  did you mean "
          "\"timesteps\"?\n");
  }
  write_small_sweep(folder.path(), four);
  CHECK(run_command("snnsim validate small.json", folder.path()).out.find("a valid sweep of 4 runs") !=
        std::string::npos);
  CHECK(run_command("snnsim run small.json --dry-run", folder.path()).err.find("holds a sweep") != std::string::npos);
}

TEST_CASE("a sweep that is asked to stop lets its runs finish their segment and exits with 130") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), four, 40);
  CHECK(disturbed("snnsim sweep small.json --jobs 2", folder.path(), "TERM") == 130);
  const Outcome status = run_command("snnsim sweep small.json --status", folder.path());
  CHECK(status.out.find("running") == std::string::npos);
  CHECK(status.out.find("interrupted") != std::string::npos);
  CHECK(status.out.find("failed") == std::string::npos);
  CHECK(status.out.find("2 pending") != std::string::npos);
}

TEST_CASE("two sweeps at once share the runs and come to the same table") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), four, 6);
  std::array<Outcome, 2> outcomes;
  {
    std::array<fs::path, 2> places{folder.path() / "a", folder.path() / "b"};
    for (const fs::path& place : places) fs::create_directory(place);
    const auto sweep = [&](std::size_t i) {
      outcomes[i] = run_command("snnsim sweep ../small.json --out ../runs", places[i]);
    };
    const std::jthread first(sweep, 0), second(sweep, 1);
  }
  for (const Outcome& outcome : outcomes) {
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
    CHECK(times(outcome.out, "finished") == 4);
  }
  CHECK(finished_segments(folder.path() / "runs") == 4 * 6);
  for (const auto& entry : fs::directory_iterator(folder.path() / "runs")) {
    if (experiments::is_sweep_directory(entry.path()) || entry.path().filename() == ".quantized") continue;
    std::ifstream in(entry.path() / "manifest.json");
    CHECK(nlohmann::json::parse(in).at("sessions").size() == 1);  // nobody ran what another had
  }
}

TEST_CASE(
    "24 runs, killed twice with SIGKILL at random with all that they run, come to the table of an undisturbed sweep" *
    doctest::test_suite("slow")) {
  const ScratchFolder undisturbed, folder;
  for (const ScratchFolder* where : {&undisturbed, &folder}) write_small_sweep(where->path(), twenty_four, 2);
  REQUIRE(run_command("snnsim sweep small.json --quiet", undisturbed.path()).exit_code == 0);
  std::mt19937 random(std::random_device{}());  // moments of the kills
  std::size_t before = 0;
  for (int kill = 0; kill < 2; ++kill) {
    const std::size_t at = before + std::uniform_int_distribution<std::size_t>(1, 16)(random);
    CAPTURE(at);
    const auto with_its_runs = [&] {
      if (finished_segments(folder.path() / "runs") < at) return false;
      return run_command("pkill -KILL -P $(cat pid)", folder.path()).exit_code <= 1;  // 1: none just now
    };
    const int code = disturbed("snnsim sweep small.json --jobs 2 --quiet", folder.path(), "KILL", with_its_runs);
    CHECK(code == 128 + 9);
    before = finished_segments(folder.path() / "runs");
    CHECK(before < 48);
  }
  const Outcome outcome = run_command("snnsim sweep small.json --jobs 2 --quiet", folder.path());
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
  const std::string table = table_of(folder.path());
  CHECK(times(table, "finished") == 24);
  CHECK(table == table_of(undisturbed.path()));
  CHECK(finished_segments(folder.path() / "runs") == 48);
}

}  // namespace snnsim::tests
