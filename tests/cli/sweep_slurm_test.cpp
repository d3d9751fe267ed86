// snnsim sweep --slurm, with an sbatch that logs how it is called and runs the tasks of an array itself.
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/command.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/small_sweep.hpp"

namespace snnsim::tests {
namespace {

namespace fs = std::filesystem;

constexpr const char* two = R"({"grid": {"conversion.timesteps": [1, 2]}})";

constexpr const char* fake_sbatch = R"(#!/bin/bash
echo "$@" >> calls
script=${@: -1}
last=$(sed -n 's/^#SBATCH --array=0-\([0-9]*\).*/\1/p' "$script")
export SLURM_JOB_ID=200
if [ -z "$last" ]; then bash "$script" > table.out; echo 200; exit; fi
for ((i = 0; i <= last; ++i)); do SLURM_JOB_ID=10$i SLURM_ARRAY_TASK_ID=$i bash "$script"; done
echo "100;cluster"
)";

void write_program(const fs::path& folder, const std::string& name, const std::string& text) {
  fs::create_directories(folder / "bin");
  std::ofstream(folder / "bin" / name) << text;
  fs::permissions(folder / "bin" / name, fs::perms::owner_all);
}

Outcome with_slurm(const ScratchFolder& folder, const std::string& words) {
  return run_command("PATH=\"$PWD/bin:$PATH\" snnsim sweep " + words, folder.path());
}

std::string content(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("--slurm submits an array of what is pending, and the table behind it") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), two);
  write_program(folder.path(), "sbatch", fake_sbatch);
  const Outcome outcome = with_slurm(folder, "small.json --slurm --jobs 3 --partition cpu --time 1:00:00");
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.find("sweep.sbatch: 2 of 2 runs\n") != std::string::npos);
  CHECK(outcome.out.find("submitted as job 100, the table as job 200") != std::string::npos);
  const fs::path sweep = fs::canonical(sweep_directory(folder.path()));
  CHECK(content(folder.path() / "calls") ==
        fmt::format("--parsable {0}/sweep.sbatch\n--parsable --dependency=afterany:100 {0}/table.sbatch\n",
                    sweep.string()));
  CHECK(times(content(sweep / "table.csv"), "finished") == 2);
  CHECK(content(folder.path() / "table.out").find("2 runs: 2 finished") != std::string::npos);

  const std::string script = content(sweep / "sweep.sbatch");
  for (const char* line :
       {"--array=0-1%3", "--partition=cpu", "--time=1:00:00", "--cpus-per-task=1", "--requeue", "--signal=B:TERM@120"})
    CHECK_MESSAGE(script.find(fmt::format("#SBATCH {}\n", line)) != std::string::npos, line);
  CHECK(script.find("#SBATCH --mem=") != std::string::npos);  // from the plan
  CHECK(script.find("--account") == std::string::npos);
  CHECK(with_slurm(folder, "small.json --slurm").out.find("submitted") == std::string::npos);  // nothing is pending
}

TEST_CASE("a failed task is known by its log, and the next array has only what failed") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), R"({"grid": {"evaluation.perplexity.0.segment": [24, 100000]}})");
  write_program(folder.path(), "sbatch", fake_sbatch);
  CHECK(with_slurm(folder, "small.json --slurm").exit_code == 0);
  const Outcome status = with_slurm(folder, "small.json --status");
  CHECK(status.out.find("2 runs: 1 finished, 1 failed") != std::string::npos);
  CHECK(status.out.find("longer than the model's context") != std::string::npos);
  const Outcome again = with_slurm(folder, "small.json --slurm-dry-run --mem 4G");
  CHECK(again.out.find("sweep.sbatch: 1 of 2 runs\n") != std::string::npos);
  CHECK(content(sweep_directory(folder.path()) / "sweep.sbatch").find("#SBATCH --array=0-0\n") != std::string::npos);
  CHECK(times(content(folder.path() / "calls"), "sweep.sbatch") == 1);
}

TEST_CASE("a task that is told of its time limit saves, and goes back into the queue") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), R"({"grid": {"conversion.timesteps": [4]}})", 200);
  REQUIRE(with_slurm(folder, "small.json --slurm-dry-run").exit_code == 0);
  write_program(folder.path(), "squeue", "#!/bin/sh\necho RUNNING\n");
  write_program(folder.path(), "scontrol", "#!/bin/sh\necho \"$@\" >> requeued\n");
  CHECK(disturbed("PATH=\"$PWD/bin:$PATH\" SLURM_JOB_ID=17 SLURM_ARRAY_TASK_ID=0 bash runs/small-sweep-*/sweep.sbatch",
                  folder.path(), "TERM") == 130);
  CHECK(content(folder.path() / "requeued") == "requeue 17\n");
  CHECK(with_slurm(folder, "small.json --status").out.find("1 runs: 1 interrupted") != std::string::npos);
}

TEST_CASE("what sbatch refuses, or that it is not there, is an error, and the script is kept") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), two);
  write_program(folder.path(), "sbatch", "#!/bin/sh\necho 'sbatch: error: invalid partition' >&2\nexit 1\n");
  const Outcome outcome = with_slurm(folder, "small.json --slurm");
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.err.find("invalid partition") != std::string::npos);
  CHECK(fs::exists(sweep_directory(folder.path()) / "sweep.sbatch"));
  CHECK(with_slurm(folder, "small.json --slurm --partition 'a b'").exit_code == 2);
  CHECK(with_slurm(folder, "small.json --partition cpu").err.find("--partition is for runs on a cluster") !=
        std::string::npos);
  CHECK(with_slurm(folder, "small.json --slurm --threads 2").err.find("--threads is for runs on this machine") !=
        std::string::npos);
}

TEST_CASE("--slurm with a new sweep of runs that are all finished writes its table and submits nothing") {
  const ScratchFolder folder;
  write_small_sweep(folder.path(), two);
  write_program(folder.path(), "sbatch", fake_sbatch);
  const std::string one = "small.json --set sweep.grid.conversion.timesteps='[1]' --quiet";
  REQUIRE(with_slurm(folder, "small.json --quiet").exit_code == 0);
  const Outcome outcome = with_slurm(folder, one + " --slurm");
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_FALSE(fs::exists(folder.path() / "calls"));
  REQUIRE(outcome.out.ends_with("table.csv\n"));
  CHECK(times(content(folder.path() / outcome.out.substr(0, outcome.out.size() - 1)), "finished") == 1);
}

}  // namespace snnsim::tests
