#include <filesystem>
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

const std::string calibrated = short_run(
    "--quiet --set quantization.activation_bits=4 --set calibration.method=theta_v0 --set calibration.segments=4 "
    "--set calibration.length=48 --set calibration.epochs=6 --set calibration.learning_rate=0.05");

json report_of(const fs::path& folder) {
  std::ifstream in(only_run(folder) / "report.json");
  return json::parse(in);
}

json report_of_run(const std::string& command) {
  const ScratchFolder folder;
  REQUIRE(run_command(command, folder.path()).exit_code == 0);
  return report_of(folder.path());
}

double kl(const json& report) {
  return report["perplexity"][0]["kl_dense_snn"].get<double>();
}

}  // namespace

TEST_CASE("a calibrated run: every block is off by less, and the network is closer to the dense one") {
  const json report = report_of_run(calibrated);
  CHECK(report["settings"]["calibration"] == "theta_v0");
  CHECK(report["calibration"]["documents"] == 4);
  REQUIRE(report["calibration"]["blocks"].size() == 6);
  for (const json& block : report["calibration"]["blocks"]) {
    CHECK(block["loss_after"] < block["loss_before"]);
    CHECK(block["curve"].size() == 6);
  }
  CHECK(report["equality"]["snn_equals_qann"] == false);
  const json plain = report_of_run(short_run("--quiet --set quantization.activation_bits=4"));
  CHECK(plain["calibration"].is_null());
  CHECK(kl(report) < 0.9 * kl(plain));
}

TEST_CASE("spikes of as many bits as the QANN's activations, T times: closer to the dense network than the QANN") {
  const std::string settings = "--quiet --set quantization.activation_bits=4 --set conversion.timesteps=2 ";
  const json report =
      report_of_run(short_run(settings + "--set conversion.levels=bits_per_step --set conversion.phase=1"));
  const json plain = report_of_run(short_run(settings));
  CHECK(report["perplexity"][0]["snn"] < report["perplexity"][0]["qann"]);
  CHECK(kl(report) < kl(plain));
  CHECK(report["perplexity"][0]["qann"] == plain["perplexity"][0]["qann"]);
  const double finer = report["populations"][0]["threshold"], whole = plain["populations"][0]["threshold"];
  CHECK(finer == doctest::Approx(whole / 2));
  CHECK(report["equality"]["snn_equals_qann"] == false);
}

TEST_CASE("a neuron with headroom moves by more levels a step, so that less of its input comes too late") {
  const std::string settings = "--quiet --set quantization.activation_bits=4 --set conversion.timesteps=4 ";
  const json report = report_of_run(short_run(settings + "--set conversion.headroom=2"));
  const json plain = report_of_run(short_run(settings));
  CHECK(kl(report) < kl(plain));
  CHECK(report["populations"][0]["threshold"] == plain["populations"][0]["threshold"]);
}

TEST_CASE(
    "populations that calibration lets wait: the network takes as many steps more, and is closer to the dense one") {
  const std::string settings =
      "--quiet --set quantization.activation_bits=4 --set calibration.segments=2 --set calibration.length=48 "
      "--set calibration.epochs=2 --set calibration.learning_rate=0.02 --set calibration.max_wait=1 ";
  const json waiting = report_of_run(short_run(settings + "--set calibration.method=phase_search"));
  const json both =
      report_of_run(short_run(settings + "--set calibration.method=theta_v0 --set calibration.phases=searched"));
  const json plain = report_of_run(short_run("--quiet --set quantization.activation_bits=4"));
  std::uint64_t waits = 0;
  for (std::size_t k = 0; k < 6; ++k) {
    const json &block = waiting["calibration"]["blocks"][k], &then = both["calibration"]["blocks"][k];
    if (!block["phases"].empty()) ++waits;
    CHECK(block["tokens"] == 2 * 47);
    CHECK(then["loss_after"] <= then["curve"][block["curve"].size()]);
    CHECK(waiting["timing"]["calibration_blocks"][k]["peak_memory_bytes"] > 1000000);
  }
  CHECK(waits > 0);
  CHECK(waiting["timing"]["ticks_to_horizon"] == plain["timing"]["ticks_to_horizon"].get<std::uint64_t>() + waits);
  CHECK(kl(waiting) < 0.9 * kl(plain));
  CHECK(kl(both) < 0.9 * kl(plain));
}

TEST_CASE("a calibration that is asked to stop ends with 130 and goes on at the next block, to the same results") {
  const ScratchFolder folder;
  const auto has_a_block = [&] {
    if (!fs::exists(folder.path() / "runs")) return false;
    for (const auto& entry : fs::directory_iterator(folder.path() / "runs"))
      if (fs::exists(entry.path() / "calibration.json")) return true;
    return false;
  };
  CHECK(disturbed(calibrated, folder.path(), "TERM", has_a_block) == 130);
  CHECK(finished_segments(folder.path() / "runs") == 0);
  CHECK(run_command(calibrated, folder.path()).exit_code == 0);
  const json report = report_of(folder.path()), undisturbed = report_of_run(calibrated);
  for (const char* section : {"calibration", "perplexity", "populations", "operations"})
    CHECK(report[section] == undisturbed[section]);
}

TEST_CASE("what a calibrator cannot do is refused before anything runs") {
  const ScratchFolder folder;
  const Outcome timed =
      run_command(short_run("--set calibration.method=potential --set simulation.schedule=timed"), folder.path());
  CHECK(timed.exit_code == 2);
  CHECK(timed.err.find("calibration knows the stepped schedule only") != std::string::npos);
  const Outcome analog =
      run_command(short_run("--set calibration.method=potential --set quantization.activation_bits=16"), folder.path());
  CHECK(analog.exit_code == 2);
  const Outcome neuron = run_command(
      short_run("--set calibration.method=theta_v0 --set conversion.neuron=integrate_and_fire"), folder.path());
  CHECK(neuron.exit_code == 2);
  const Outcome offsets = run_command(
      short_run("--set calibration.method=theta_v0 --set calibration.parameters=all --set conversion.neuron=st_bif"),
      folder.path());
  CHECK(offsets.exit_code == 2);
  CHECK(offsets.err.find("only integer_spiking neurons have an offset") != std::string::npos);
  const Outcome stored =
      run_command(short_run("--set calibration.method=weights --set quantization.weight_bits=16"), folder.path());
  CHECK(stored.exit_code == 2);
  const Outcome nothing = run_command(short_run("--set calibration.phases=searched"), folder.path());
  CHECK(nothing.exit_code == 2);
  CHECK(nothing.err.find("nothing is calibrated") != std::string::npos);
  CHECK(!fs::exists(folder.path() / "runs"));
}

TEST_CASE("weights that were tuned are kept with the run; the QANN beside them is the one before") {
  const std::string settings = "--quiet --set quantization.activation_bits=4 --set calibration.segments=2 ";
  const ScratchFolder folder;
  const std::string tuned = short_run(settings + "--set calibration.method=weights --set calibration.length=32 " +
                                      "--set calibration.epochs=2 --set calibration.learning_rate=0.3");
  REQUIRE(run_command(tuned, folder.path()).exit_code == 0);
  CHECK(fs::exists(only_run(folder.path()) / "calibrated_weights" / "block_00005.safetensors"));
  const json report = report_of(folder.path());
  for (const json& block : report["calibration"]["blocks"]) CHECK(block["loss_after"] < block["loss_before"]);
  const json plain = report_of_run(short_run(settings));
  CHECK(report["perplexity"][0]["qann"] == plain["perplexity"][0]["qann"]);
  CHECK(report["perplexity"][0]["snn"] != plain["perplexity"][0]["snn"]);
  fs::remove(only_run(folder.path()) / "results.jsonl");  // what is left of the calibration is used again
  REQUIRE(run_command(tuned, folder.path()).exit_code == 0);
  CHECK(report_of(folder.path())["perplexity"] == report["perplexity"]);
}

}  // namespace snnsim::tests
