// mpirun -n K snnsim run: the same results on any number of ranks, also after one of them died.
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/assets.hpp"
#include "tests/support/command.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

namespace fs = std::filesystem;

std::string on_ranks(int ranks, const std::string& command) {
  return "mpirun --allow-run-as-root --oversubscribe -n " + std::to_string(ranks) + " " + command;
}

/// mpirun is there and works, and the program knows of it; else says so.
bool have_mpi() {
  const ScratchFolder folder;
  const bool there = run_command(on_ranks(2, "true"), folder.path()).exit_code == 0 &&
                     run_command("ldd \"$(command -v snnsim)\" | grep -q libmpi", folder.path()).exit_code == 0;
  if (!there) MESSAGE("skipped: no mpirun that works, or a program that was built without MPI");
  return there;
}

/// Five short segments and, of a zero-shot task, two chunks and more.
std::string job(const ScratchFolder& folder) {
  std::ofstream items(folder.path() / "piqa.jsonl");
  for (int i = 0; i < 20; ++i)
    items << R"({"goal": "Once upon a time )" << i << R"(", "sol1": "there was a cat", "sol2": "no", "label": )"
          << i % 2 << "}\n";
  return short_run(
      "--threads 1 --set conversion.timesteps=2 --set evaluation.perplexity.0.segment=32 "
      "--set evaluation.perplexity.0.max_segments=5 --set record.token_nll=true --set 'record.spikes=[\"blocks.0.q\"]' "
      "--set 'evaluation.zero_shot=[{\"task\": \"piqa\", \"path\": \"piqa.jsonl\"}]'");
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The reports agree but for what may differ.
bool same_results(const fs::path& a, const fs::path& b) {
  const auto results = [](const fs::path& run) {
    nlohmann::json report = nlohmann::json::parse(content(run / "report.json"));
    report.erase("timing");
    report.erase("provenance");
    return report;
  };
  return results(a) == results(b);
}

/// What a calibration set, and how each block went, but for the time that it took.
nlohmann::json calibration_of(const fs::path& run) {
  nlohmann::json calibration = nlohmann::json::parse(content(run / "calibration.json"));
  for (nlohmann::json& block : calibration.at("blocks")) {
    block.erase("seconds");
    block.erase("peak_memory_bytes");
  }
  return calibration;
}

/// The run directory in a folder of them.
fs::path only_folder(const fs::path& runs) {
  for (const auto& entry : fs::directory_iterator(runs))
    if (fs::exists(entry.path() / "report.json")) return entry.path();
  return {};
}

}  // namespace

TEST_CASE("1, 2 and 3 ranks have the same results, to the last bit") {
  if (!have_mpi()) return;
  const ScratchFolder folder;
  const std::string command = job(folder);
  REQUIRE(run_command(command, folder.path()).exit_code == 0);
  fs::rename(folder.path() / "runs", folder.path() / "alone");
  const fs::path expected = only_folder(folder.path() / "alone");
  for (const int ranks : {1, 2, 3}) {
    const Outcome outcome = run_command(on_ranks(ranks, command), folder.path());
    CAPTURE(ranks);
    CAPTURE(outcome.err);
    REQUIRE(outcome.exit_code == 0);
    const fs::path run = only_run(folder.path());
    CHECK(same_results(run, expected));
    CHECK((content(run / "token_nll.csv") == content(expected / "token_nll.csv")));
    CHECK((content(run / "spikes.h5") == content(expected / "spikes.h5")));
    fs::remove_all(folder.path() / "runs");
  }
}

TEST_CASE("a calibration that 2 and 3 ranks share is that of one, to the last bit") {
  if (!have_mpi()) return;
  for (const std::string method : {"threshold_search", "theta_v0", "potential"}) {
    CAPTURE(method);
    const ScratchFolder folder;
    const std::string command = short_run(
        "--threads 1 --set conversion.timesteps=2 --set evaluation.perplexity.0.segment=16 "
        "--set evaluation.perplexity.0.max_segments=2 --set calibration.segments=3 --set calibration.length=12 "
        "--set calibration.epochs=1 --set calibration.batch=2 --set calibration.method=" +
        method);
    REQUIRE(run_command(command, folder.path()).exit_code == 0);
    fs::rename(folder.path() / "runs", folder.path() / "alone");
    const fs::path expected = only_folder(folder.path() / "alone");
    for (const int ranks : {2, 3}) {
      const Outcome outcome = run_command(on_ranks(ranks, command), folder.path());
      CAPTURE(ranks);
      CAPTURE(outcome.err);
      REQUIRE(outcome.exit_code == 0);
      CHECK(same_results(only_run(folder.path()), expected));
      CHECK(calibration_of(only_run(folder.path())) == calibration_of(expected));
      fs::remove_all(folder.path() / "runs");
    }
  }
}

TEST_CASE("a mistake on ranks is told once, with its exit code") {
  if (!have_mpi()) return;
  const ScratchFolder folder;
  const Outcome outcome = run_command(on_ranks(2, short_run("--set conversion.timestep=2")), folder.path());
  CHECK(outcome.exit_code == 2);
  const std::size_t told = outcome.err.find("unknown key \"timestep\"");
  CHECK(told != std::string::npos);
  CHECK(outcome.err.find("unknown key", told + 1) == std::string::npos);
}

TEST_CASE("a rank that is killed ends the job; the same command finishes it" * doctest::test_suite("slow")) {
  if (!have_mpi()) return;
  const ScratchFolder folder;
  const std::string alone = job(folder) + " --set evaluation.perplexity.0.max_segments=16";
  const std::string command = on_ranks(2, alone);
  REQUIRE(run_command(alone, folder.path()).exit_code == 0);
  fs::rename(folder.path() / "runs", folder.path() / "alone");
  const std::string killing = "(" + command +
                              ") & job=$!; until [ -s runs/*/results.jsonl ]; do sleep 0.02; done; "
                              "pkill -9 -n -P $(pgrep -n -P $job mpirun || echo $job) snnsim; wait $job";
  const Outcome killed = run_command(killing, folder.path());
  CAPTURE(killed.err);
  CHECK(killed.exit_code != 0);
  CHECK(killed.err.find("exited on signal 9") != std::string::npos);
  CHECK(finished_segments(folder.path() / "runs") < 19);
  CHECK(run_command(command, folder.path()).exit_code == 0);
  CHECK(same_results(only_run(folder.path()), only_folder(folder.path() / "alone")));
}

}  // namespace snnsim::tests
