// snnsim compare: one table of several runs.
#include <fstream>

#include <doctest/doctest.h>

#include "tests/support/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {

TEST_CASE("compare shows where runs differ and what came out") {
  const ScratchFolder folder;
  REQUIRE(run_command(short_run("--quiet"), folder.path()).exit_code == 0);
  REQUIRE(run_command(short_run("--quiet --set conversion.neuron=sigma_delta"), folder.path()).exit_code == 0);
  const Outcome outcome = run_command("snnsim compare runs/* --csv all.csv", folder.path());
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.out.starts_with("neuron "));
  CHECK(outcome.out.find("\nsigma_delta ") != std::string::npos);
  CHECK(outcome.out.find("\ninteger_spiking ") != std::string::npos);
  std::ifstream csv(folder.path() / "all.csv");
  std::string heading;
  std::getline(csv, heading);
  CHECK(heading ==
        "conversion.neuron,dense_ppl,qann_ppl,snn_ppl,standard_error,synaptic_operations,spikes_per_token,wall_s,"
        "state,run");
  CHECK(run_command("snnsim compare .", folder.path()).exit_code == 3);
}

}  // namespace snnsim::tests
