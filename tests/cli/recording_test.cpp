// What record.* promises: the file holds the same however the run went, and on any number of threads.
#include <fstream>

#include <doctest/doctest.h>

#include "tests/support/command.hpp"
#include "tests/support/hdf5_content.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

namespace fs = std::filesystem;

const std::string recorded =
    "--quiet --set evaluation.perplexity.0.max_segments=8 --set record.spikes='[\"blocks.0.*\",\"blocks.5.*\"]' "
    "--set record.drives='[\"blocks.0.mlp_mid\"]' --set record.potentials='[\"blocks.?.q\"]' ";

/// What a run that nobody disturbs records.
std::map<std::string, std::vector<std::byte>> recording_with(const std::string& words) {
  const ScratchFolder folder;
  const Outcome outcome = run_command(short_run(recorded + words), folder.path());
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return hdf5_content(only_run(folder.path()) / "spikes.h5");
}

void check_same(const std::map<std::string, std::vector<std::byte>>& a,
                const std::map<std::string, std::vector<std::byte>>& b) {
  CHECK(a.size() > 14 * 5);
  REQUIRE(a.size() == b.size());
  for (const auto& [dataset, bytes] : a) CHECK_MESSAGE(bytes == b.at(dataset), dataset);
}

TEST_CASE("a recording does not depend on threads and executors") {
  const auto one = recording_with("--threads 1");
  check_same(one, recording_with("--threads 2"));
  check_same(one, recording_with("--set simulation.executor=stepped"));
}

TEST_CASE("a killed and continued run records every segment once") {
  const ScratchFolder folder;
  CHECK(disturbed(short_run(recorded), folder.path(), "KILL") == 128 + 9);
  const fs::path run = only_run(folder.path());
  CHECK(!fs::exists(run / "spikes.h5"));
  CHECK(finished_segments(folder.path() / "runs") < 8);
  std::ofstream(run / "spikes.partial" / "0-7.h5.partial") << "torn";
  std::ofstream(run / "spikes.h5.partial") << "torn";
  CHECK(disturbed(short_run(recorded), folder.path(), "TERM") == 130);
  CHECK(!fs::exists(run / "spikes.h5"));
  CHECK(run_command(short_run(recorded), folder.path()).exit_code == 0);
  CHECK(!fs::exists(run / "spikes.partial"));
  CHECK(!fs::exists(run / "spikes.h5.partial"));
  check_same(recording_with(""), hdf5_content(run / "spikes.h5"));
}

TEST_CASE("a run killed while it joined its recording ends well when it is started again") {
  const ScratchFolder folder;
  REQUIRE(run_command(short_run(recorded), folder.path()).exit_code == 0);
  const fs::path run = only_run(folder.path());
  const auto whole = hdf5_content(run / "spikes.h5");
  fs::create_directory(run / "spikes.partial");  // joined, but the parts were not yet taken away
  std::ofstream(run / "spikes.partial" / "0-0.h5") << "left over";
  REQUIRE(run_command(short_run(recorded), folder.path()).exit_code == 0);
  CHECK(!fs::exists(run / "spikes.partial"));
  check_same(whole, hdf5_content(run / "spikes.h5"));
  REQUIRE(run_command(short_run(recorded + "--fresh"), folder.path()).exit_code == 0);
  check_same(whole, hdf5_content(run / "spikes.h5"));
}

}  // namespace
}  // namespace snnsim::tests
