// What `run --dry-run` says of memory is what the run then takes, within 20 %.
#include <cmath>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/assets.hpp"
#include "tests/support/command.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

/// Predicted over measured peak.
double predicted_share(const std::string& run) {
  const ScratchFolder folder;
  const Outcome plan = run_command(run + " --dry-run", folder.path());
  const std::string what = "peak memory     about ";
  const std::size_t found = plan.out.find(what);
  REQUIRE(found != std::string::npos);
  const double predicted = std::stod(plan.out.substr(found + what.size())) * 1024 * 1024;
  const Outcome outcome = run_command(run + " --quiet", folder.path());
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  std::ifstream in(only_run(folder.path()) / "report.json");
  return predicted / nlohmann::json::parse(in).at("timing").at("peak_rss_bytes").get<double>();
}

void check_prediction(const std::string& run) {
  const double share = predicted_share(run);
  CAPTURE(run);
  CAPTURE(share);
  CHECK(std::abs(share - 1) <= 0.2);
}

const std::string quickstart =
    "snnsim run \"$PROJECT/experiments/quickstart.json\" --out runs --set evaluation.perplexity.0.max_segments=3 ";

TEST_CASE("peak memory is predicted within 20 %") {
  check_prediction(quickstart);
}

TEST_CASE("peak memory is predicted for other numbers of steps, executors, neurons and networks" *
          doctest::test_suite("slow")) {
  check_prediction(quickstart + "--set conversion.timesteps=1");
  check_prediction(quickstart + "--set conversion.timesteps=32 --set conversion.neuron=sigma_delta");
  check_prediction(quickstart + "--set simulation.executor=stepped");
  check_prediction(quickstart + "--set conversion.neuron=integrate_and_fire --set record.errors=false");
  check_prediction(quickstart + "--set 'evaluation.networks=[\"dense\", \"qann\"]'");
  check_prediction(quickstart + "--set 'record.spikes=[\"*\"]'");
  check_prediction(quickstart + "--set 'record.spikes=[\"*\"]' --set 'record.drives=[\"*\"]'");
  check_prediction(quickstart + "--set quantization.rotation=hadamard --set quantization.weight_bits=4");
}

TEST_CASE("peak memory of stories15M is predicted within 20 %" * doctest::test_suite("slow")) {
  if (!have_assets()) return;
  for (const char* timesteps : {"1", "8"})
    check_prediction("SNNSIM_ASSETS='" + assets().string() +
                     "' snnsim run \"$PROJECT/experiments/stories15m.json\" --out runs --set "
                     "evaluation.perplexity.0.max_segments=2 --set conversion.timesteps=" +
                     timesteps);
}

TEST_CASE("weights of which not all stay resident: 1.1 B parameters" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string model = (folder.path() / "model").string();
  REQUIRE(run_command("snnsim synthesize --like tinyllama --out " + model, folder.path()).exit_code == 0);
  std::ofstream(folder.path() / "text.txt") << std::string(400, 'a') + "<|endoftext|>" + std::string(300, 'b');
  std::ofstream(folder.path() / "large.json") << R"({"model": {"checkpoint": "model"},
    "quantization": {"calibration": {"text": "text.txt", "segments": 1, "length": 16}},
    "conversion": {"timesteps": 1},
    "evaluation": {"perplexity": [{"text": "text.txt", "segment": 17, "max_segments": 1}]}})";
  check_prediction("snnsim run \"" + (folder.path() / "large.json").string() + "\" --out runs");
}

}  // namespace
}  // namespace snnsim::tests
