// A run keeps its quantized model, and another run that needs the same one gives the same results with it.
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json read(const fs::path& file) {
  std::ifstream in(file);
  return json::parse(in);
}

/// Runs it and gives what the manifest says of the quantized model; the report goes to `report`.
json source_of(const fs::path& folder, const std::string& words, json* report = nullptr) {
  const Outcome outcome = run_command(short_run("--quiet --set quantization.weight_bits=4 " + words), folder);
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const fs::path run = folder / fs::path(outcome.out.substr(0, outcome.out.size() - 1)).parent_path();
  if (report != nullptr) {
    *report = read(run / "report.json");
    for (const char* changing : {"timing", "provenance"}) report->erase(changing);
  }
  return read(run / "manifest.json").at("sessions").back().at("quantized");
}

std::size_t kept(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder / "runs" / ".quantized"), {}));
}

}  // namespace

TEST_CASE("a second run loads what the first one quantized, and reports the same as without") {
  const ScratchFolder folder, other;
  const std::string exact = "--set conversion.neuron=sigma_delta ";
  const json first = source_of(folder.path(), "");
  CHECK(first.at("blocks_loaded") == 0);
  CHECK(first.at("blocks_computed") == 6);
  json loaded, computed;
  const json second = source_of(folder.path(), exact, &loaded);
  CHECK(second.at("key") == first.at("key"));
  CHECK(second.at("blocks_loaded") == 6);
  CHECK(second.at("blocks_computed") == 0);
  CHECK(kept(folder.path()) == 1);
  CHECK(source_of(other.path(), exact + "--quantized \"\"", &computed).at("key") == "");
  CHECK(!fs::exists(other.path() / "runs" / ".quantized"));
  CHECK(loaded == computed);
}

TEST_CASE("generate loads the quantized model that it kept") {
  const ScratchFolder folder;
  const std::string words = "snnsim generate \"$PROJECT/bundled/stories3m\" --tokens 4 --prompt 'One day'";
  const Outcome first = run_command(words, folder.path());
  REQUIRE(kept(folder.path()) == 1);
  const fs::path model = fs::directory_iterator(folder.path() / "runs" / ".quantized")->path();
  const auto written = fs::last_write_time(model / "block_00000.json");
  CHECK(run_command(words, folder.path()).out == first.out);
  CHECK(fs::last_write_time(model / "block_00000.json") == written);
  const ScratchFolder other;
  CHECK(run_command(words + " --quantized \"\"", other.path()).out == first.out);
  CHECK(!fs::exists(other.path() / "runs"));
}

TEST_CASE(
    "what changes the quantized model is another one: bits, rotation, calibration, levels that a neuron reaches") {
  const ScratchFolder folder;
  source_of(folder.path(), "");
  for (const char* words :
       {"--set quantization.activation_bits=5", "--set quantization.rotation=hadamard",
        "--set quantization.calibration.segments=3", "--set conversion.neuron=st_bif",
        "--set quantization.granularity=per_channel", "--set quantization.smooth=0.5",
        "--set quantization.ranges=percentile", "--set quantization.weights=awq", "--set quantization.kv_bits=4",
        "--set quantization.group=32", "--set quantization.tuning.epochs=1"})
    CHECK(source_of(folder.path(), words).at("blocks_computed") == 6);
  CHECK(kept(folder.path()) == 12);
}

TEST_CASE("a damaged block is quantized again; --fresh quantizes all; --quantized says where") {
  const ScratchFolder folder;
  source_of(folder.path(), "--quantized kept");
  CHECK(run_command("for f in kept/*/block_00002.safetensors; do echo x >> $f; done", folder.path()).exit_code == 0);
  const json repaired = source_of(folder.path(), "--quantized kept --set conversion.timesteps=2");
  CHECK(repaired.at("blocks_loaded") == 5);
  CHECK(repaired.at("blocks_computed") == 1);
  const Outcome log = run_command("grep -h 'is damaged' runs/*/run.log | wc -l", folder.path());
  CHECK(log.out == "1\n");
  CHECK(source_of(folder.path(), "--quantized kept --fresh").at("blocks_computed") == 6);
}

}  // namespace snnsim::tests
