// What a run promises: the same results on any number of threads, with either executor, and after being killed.
#include <algorithm>
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/support/assets.hpp"
#include "tests/support/command.hpp"
#include "tests/support/run_folder.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// What must not depend on the machine or on the way the run went.
json results_of(const fs::path& folder) {
  std::ifstream in(only_run(folder) / "report.json");
  json report = json::parse(in);
  for (const char* changing : {"timing", "provenance"}) report.erase(changing);
  return report;
}

json results_with(const std::string& words) {
  const ScratchFolder folder;
  const Outcome outcome = run_command(short_run(words), folder.path());
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  return results_of(folder.path());
}

TEST_CASE("results do not depend on the number of threads") {
  CHECK(results_with("--quiet --threads 1") == results_with("--quiet --threads 2"));
}

TEST_CASE("both executors report the same") {
  json event = results_with("--quiet"), stepped = results_with("--quiet --set simulation.executor=stepped");
  CHECK(event.at("hash") != stepped.at("hash"));
  for (json* report : {&event, &stepped}) report->erase("hash");
  CHECK(event == stepped);
}

TEST_CASE("sigma-delta neurons equal the QANN, and the report says so") {
  const json report = results_with("--quiet --set conversion.neuron=sigma_delta");
  const json& equality = report.at("equality");
  CHECK(equality.at("snn_equals_qann") == true);
  CHECK(equality.at("neurons_different") == 0);
  CHECK(equality.at("neurons_checked").get<std::uint64_t>() > 100000);
  const json& perplexity = report.at("perplexity").at(0);
  CHECK(perplexity.at("snn") == perplexity.at("qann"));
  CHECK(perplexity.at("kl_qann_snn") == 0);
}

TEST_CASE("probabilities and the input of the LM head are populations like the others, and equal the QANN") {
  const json report = results_with(
      R"(--quiet --set conversion.neuron=sigma_delta --set 'quantization.optional_sites=["probs","final_in"]')");
  CHECK(report.at("equality").at("snn_equals_qann") == true);
  std::size_t probs = 0;
  for (const json& population : report.at("populations")) {
    const std::string name = population.at("name");
    const json& errors = population.at("errors");
    if (name.ends_with(".probs")) ++probs;
    if (!name.ends_with(".probs") && name != "final_in") continue;
    CHECK(population.at("spikes").get<std::uint64_t>() > 0);
    CHECK(errors.at("unevenness") == 0);
    CHECK(errors.at("quantization").get<double>() > 0);
    CHECK(errors.at("total").get<double>() < 0.5);
  }
  CHECK(probs > 0);
  CHECK(report.at("populations").back().at("name") == "final_in");
}

TEST_CASE("dynamic steps and a choice of rotations: the QANN runs, and the manifest has the losses") {
  const ScratchFolder folder;
  const Outcome outcome =
      run_command(short_run(R"(--quiet --set quantization.granularity=per_token --set quantization.rotation_trials=2 )"
                            R"(--set quantization.rotation=hadamard --set 'evaluation.networks=["dense","qann"]')"),
                  folder.path());
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const json perplexity = results_of(folder.path()).at("perplexity").at(0);
  CHECK(perplexity.at("qann").get<double>() < 1.2 * perplexity.at("dense").get<double>());
  std::ifstream in(only_run(folder.path()) / "manifest.json");
  const json rotation = json::parse(in).at("rotation");
  CHECK(rotation.at("losses").size() == 2);
  CHECK(rotation.at("losses").at(rotation.at("trial").get<std::size_t>()) ==
        std::min(rotation.at("losses").at(0), rotation.at("losses").at(1)));
}

TEST_CASE("an equality that must hold and does not ends with exit code 4, and the report says so") {
  const ScratchFolder folder;
  const std::string exact = "--quiet --set conversion.neuron=sigma_delta ", inexact = "--quiet ";
  REQUIRE(run_command(short_run(exact), folder.path()).exit_code == 0);
  const std::string spoil = "sed -i '1s/\"neurons_different\":0/\"neurons_different\":7/' runs/*/results.jsonl; ";
  const Outcome outcome = run_command(spoil + short_run(exact), folder.path());
  CHECK(outcome.exit_code == 4);
  CHECK(outcome.err.find("differs from the QANN in 7 of ") != std::string::npos);
  CHECK(results_of(folder.path()).at("equality").at("snn_equals_qann") == false);
  fs::remove_all(folder.path() / "runs");
  CHECK(run_command(short_run(inexact), folder.path()).exit_code == 0);  // a difference that theory expects
  CHECK(results_of(folder.path()).at("equality").at("snn_equals_qann") == false);
}

TEST_CASE("a read-out of states on the way is not the QANN's, and need not be") {
  const ScratchFolder folder;
  const Outcome outcome =
      run_command(short_run("--quiet --set quantization.activation_bits=16 --set simulation.readout=2"), folder.path());
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
  const json report = results_of(folder.path());
  CHECK(report.at("perplexity").at(0).at("snn") != report.at("perplexity").at(0).at("qann"));
}

constexpr const char* several = "--quiet --set evaluation.perplexity.0.max_segments=12 ";

TEST_CASE("a run killed with SIGKILL continues to the same results") {
  const json undisturbed = results_with(several);
  const ScratchFolder folder;
  CHECK(disturbed(short_run(several), folder.path(), "KILL") == 128 + 9);
  const fs::path run = only_run(folder.path());
  CHECK(!fs::exists(run / "report.json"));
  CHECK(finished_segments(folder.path() / "runs") < 12);
  std::ofstream(run / "results.jsonl", std::ios::app) << R"({"text": 0, "segm)";  // a line torn by the crash
  CHECK(run_command(short_run(several), folder.path()).exit_code == 0);
  CHECK(results_of(folder.path()) == undisturbed);
}

TEST_CASE("a run that is asked to stop finishes its segment, exits with 130 and continues later") {
  const ScratchFolder folder;
  CHECK(disturbed(short_run(several), folder.path(), "TERM") == 130);
  CHECK(!fs::exists(only_run(folder.path()) / "report.json"));
  const Outcome report = run_command("snnsim report runs/*", folder.path());
  CHECK(report.exit_code == 3);
  CHECK(report.err.find("of 12 segments are finished") != std::string::npos);
  CHECK(run_command(short_run(several), folder.path()).exit_code == 0);
  CHECK(results_of(folder.path()) == results_with(several));
}

TEST_CASE("a finished run is not computed again, and --fresh does") {
  const ScratchFolder folder;
  REQUIRE(run_command(short_run("--quiet"), folder.path()).exit_code == 0);
  const json first = results_of(folder.path());
  const auto written = fs::last_write_time(only_run(folder.path()) / "results.jsonl");
  CHECK(run_command(short_run("--quiet"), folder.path()).exit_code == 0);
  CHECK(fs::last_write_time(only_run(folder.path()) / "results.jsonl") == written);
  CHECK(run_command(short_run("--quiet --fresh"), folder.path()).exit_code == 0);
  CHECK(results_of(folder.path()) == first);
  CHECK(fs::last_write_time(only_run(folder.path()) / "results.jsonl") != written);
}

TEST_CASE("a damaged manifest is an error of one line, and --fresh goes on") {
  const ScratchFolder folder;
  REQUIRE(run_command(short_run("--quiet"), folder.path()).exit_code == 0);
  for (const char* content : {"[]", "{}", "{\"hash\": \"x\", \"sessions\": [], \"segments\": \"x\"}"}) {
    std::ofstream(only_run(folder.path()) / "manifest.json") << content;
    const Outcome outcome = run_command(short_run("--quiet"), folder.path());
    CHECK(outcome.exit_code == 3);
    CHECK(outcome.err.find("manifest.json: damaged") != std::string::npos);
  }
  CHECK(run_command(short_run("--quiet --fresh"), folder.path()).exit_code == 0);
}

TEST_CASE("a second process on a run directory stops with a clear message") {
  const ScratchFolder folder;
  REQUIRE(run_command(short_run("--quiet"), folder.path()).exit_code == 0);
  const Outcome outcome =
      run_command("flock runs/*/.lock sh -c 'snnsim run runs/*/experiment.json --out runs'", folder.path());
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.err.find("in use by process") != std::string::npos);
}

TEST_CASE("output that cannot be written is an error") {
  const ScratchFolder folder;
  CHECK(run_command("snnsim schema > /dev/full", folder.path()).exit_code == 3);
}

TEST_CASE("a CSV file that cannot be written is an error before anything is printed, and leaves nothing behind") {
  const ScratchFolder folder;
  REQUIRE(run_command(short_run("--quiet"), folder.path()).exit_code == 0);
  fs::create_directory(folder.path() / "taken");
  for (const char* csv : {"missing/all.csv", "taken"}) {
    const Outcome outcome = run_command(std::string("snnsim report runs/* --csv ") + csv, folder.path());
    CHECK(outcome.exit_code == 3);
    CHECK(outcome.out.empty());
  }
  CHECK_FALSE(fs::exists(folder.path() / "missing"));
  CHECK_FALSE(fs::exists(folder.path() / "taken.partial"));
  const Outcome outcome = run_command("snnsim report runs/* --csv all.csv", folder.path());
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.find("Perplexity") != std::string::npos);
  CHECK(fs::file_size(folder.path() / "all.csv") > 0);
}

TEST_CASE("inspect knows a report and the manifest of a run") {
  const ScratchFolder folder;
  REQUIRE(run_command(short_run("--quiet"), folder.path()).exit_code == 0);
  const Outcome report = run_command("snnsim inspect runs/*/report.json", folder.path());
  CHECK(report.out.find("report.json: report\n") != std::string::npos);
  CHECK(report.out.find("Perplexity") != std::string::npos);
  CHECK(run_command("snnsim inspect runs/*/manifest.json", folder.path()).out.find(": run directory of ") !=
        std::string::npos);
}

TEST_CASE("generate begins an empty prompt from BOS, or says that there is none") {
  const ScratchFolder folder;
  CHECK(run_command("snnsim generate \"$PROJECT/bundled/stories3m\" --tokens 2", folder.path()).exit_code == 0);
  const std::string nameless =
      "cp -r \"$PROJECT/bundled/stories3m\" m; rm m/tokenizer.model; echo '{\"add_bos_token\": false}' > "
      "m/tokenizer_config.json; sed -i 's/<s>/<begin>/g; s/<\\/s>/<end>/g; s/\"post_processor\"/\"unused\"/' "
      "m/tokenizer.json; ";
  const Outcome outcome = run_command(nameless + "snnsim generate m --tokens 2", folder.path());
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.err.find("neither a beginning- nor an end-of-sequence token") != std::string::npos);
}

TEST_CASE("generate streams the text of the spiking model, the same for the same seed") {
  const ScratchFolder folder;
  const std::string words =
      "generate \"$PROJECT/bundled/stories3m\" --prompt 'Once upon a time' --tokens 8 "
      "--set conversion.neuron=sigma_delta --temperature 0.8 ";
  const Outcome first = run_command("snnsim " + words, folder.path());
  CAPTURE(first.err);
  CHECK(first.exit_code == 0);
  CHECK(first.out.starts_with("Once upon a time"));
  CHECK(first.out.size() > 30);
  CHECK(first.err.find("synaptic operations per token") != std::string::npos);
  CHECK(run_command("snnsim " + words, folder.path()).out == first.out);
  CHECK(run_command("snnsim " + words + "--set seed=2", folder.path()).out != first.out);
}

}  // namespace
}  // namespace snnsim::tests
