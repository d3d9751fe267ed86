// Prefix tokens of an experiment, given or searched, are in the manifest and the report.
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

using nlohmann::json;

json read(const std::filesystem::path& file) {
  std::ifstream in(file);
  return json::parse(in);
}

json settings_of(const ScratchFolder& folder, const std::string& words) {
  const Outcome outcome = run_command(short_run("--quiet --set conversion.neuron=sigma_delta " + words), folder.path());
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const json report = read(only_run(folder.path()) / "report.json");
  CHECK(report.at("equality").at("snn_equals_qann") == true);
  return report.at("settings");
}

}  // namespace

TEST_CASE("a list of prefix tokens is in the report, and the network equals its QANN") {
  const ScratchFolder folder;
  CHECK(settings_of(folder, "--set 'quantization.prefix_tokens=[300,13,1]'").at("prefix_tokens") == json{300, 13, 1});
}

TEST_CASE("a search says what it saw, and what it took") {
  const ScratchFolder folder;
  const json settings = settings_of(folder, "--set quantization.prefix_tokens=search");
  const json manifest = read(only_run(folder.path()) / "manifest.json");
  CHECK(settings.at("massive_activations") == manifest.at("massive_activations"));
  CHECK(manifest.at("massive_activations").at("largest_ratio") > 1);
  const json tokens = manifest.at("prefix_tokens");
  CHECK(settings.at("prefix_tokens") == (tokens.empty() ? json(1) : tokens));
  CHECK(settings.contains("massive_activations_remaining") == !tokens.empty());
  CHECK(run_command("snnsim report runs/*", folder.path()).exit_code == 0);
}

TEST_CASE("an id that the model has not, and a list without ids") {
  const ScratchFolder folder;
  const Outcome outside = run_command(short_run("--set 'quantization.prefix_tokens=[2048]'"), folder.path());
  CHECK(outside.exit_code == 2);
  CHECK(outside.err.find("id 2048 is outside the vocabulary of 2048") != std::string::npos);
  for (const char* bad : {"[]", "[-1]", "[1.5]", "\"some\""})
    CHECK(run_command(short_run(std::string("--set 'quantization.prefix_tokens=") + bad + "'"), folder.path())
              .exit_code == 2);
}

}  // namespace snnsim::tests
