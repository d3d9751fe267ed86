// Zero-shot tasks from the command line: alone, of the dense model alone, after a kill, and with bad files.
#include <fstream>
#include <thread>

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

/// A folder with 20 questions whose right answers read on as a story does.
struct Questions {
  ScratchFolder scratch;
  const fs::path& folder = scratch.path();

  Questions() {
    std::ofstream out(folder / "piqa.jsonl");
    for (int i = 0; i < 20; ++i)
      out << fmt::format(R"({{"goal": "Lily had {} toys.", "sol1": "She was very happy.", "sol2": "Of was the zz.", )"
                         R"("label": 0}})",
                         i)
          << '\n';
  }
  /// The quick start without its text, with the questions.
  std::string command(const std::string& words) const {
    return short_run(R"(--quiet --set 'evaluation={"zero_shot": [{"task": "piqa", "path": ")" +
                     (folder / "piqa.jsonl").string() + R"("}]}' )" + words);
  }
  fs::path run() const { return only_run(folder); }
  json report() const {
    std::ifstream in(run() / "report.json");
    json report = json::parse(in);
    for (const char* changing : {"timing", "provenance"}) report.erase(changing);
    return report;
  }
  /// 0 as long as the run directory is not there either.
  std::size_t finished_chunks() const {
    std::size_t lines = 0;
    if (!fs::exists(folder / "runs")) return 0;
    for (const auto& entry : fs::directory_iterator(folder / "runs")) {
      std::ifstream in(entry.path() / "results.jsonl");
      for (std::string line; std::getline(in, line);) ++lines;
    }
    return lines;
  }
};

TEST_CASE("zero-shot tasks alone, in all networks") {
  const Questions questions;
  const Outcome outcome = run_command(questions.command("--set conversion.neuron=sigma_delta"), questions.folder);
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const json report = questions.report(), task = report.at("zero_shot").at(0);
  CHECK(report.at("complete") == true);
  CHECK(report.at("equality").at("snn_equals_qann") == true);
  CHECK(task.at("items") == 20);
  CHECK(task.at("dense").at("acc").get<double>() > 0.9);
  CHECK(task.at("snn") == task.at("qann"));
  CHECK(report.at("perplexity").empty());
}

TEST_CASE("the dense columns alone need no calibration text and quantize nothing") {
  const Questions questions;
  const std::string words = "--set 'evaluation.networks=[\"dense\"]' --set quantization.calibration.text=";
  const Outcome outcome = run_command(questions.command(words), questions.folder);
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const json task = questions.report().at("zero_shot").at(0);
  CHECK(task.at("dense").at("acc").get<double>() > 0.9);
  CHECK(task.at("qann").is_null());
  CHECK(task.at("snn").is_null());
  std::ifstream log(questions.run() / "run.log");
  const std::string lines{std::istreambuf_iterator<char>(log), {}};
  CHECK(lines.find("quantizing") == std::string::npos);
}

TEST_CASE("a zero-shot run killed with SIGKILL continues to the same results") {
  const Questions undisturbed, killed;
  REQUIRE(run_command(undisturbed.command(""), undisturbed.folder).exit_code == 0);
  fs::copy(undisturbed.folder / "piqa.jsonl", killed.folder / "piqa.jsonl", fs::copy_options::overwrite_existing);
  int code = 0;
  std::jthread runner(
      [&] { code = run_command(killed.command("") + " & echo $! > pid; wait $!", killed.folder).exit_code; });
  while (killed.finished_chunks() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  std::ifstream in(killed.folder / "pid");
  std::string pid;
  in >> pid;
  CHECK(std::system(fmt::format("kill -KILL {}", pid).c_str()) == 0);
  runner.join();
  CHECK(code == 128 + 9);
  CHECK(killed.finished_chunks() < 3);
  std::ofstream(killed.run() / "results.jsonl", std::ios::app) << R"({"task": 0, "chu)";  // torn by the crash
  CHECK(run_command(killed.command(""), killed.folder).exit_code == 0);
  json again = killed.report(), first = undisturbed.report();
  for (json* report : {&again, &first}) report->at("zero_shot").at(0).erase("path");
  CHECK(again == first);
}

TEST_CASE("bad files of zero-shot tasks: one line of cause with its place, exit code 3, nothing left") {
  const Questions questions;
  const auto refused = [&](const std::string& content, const std::string& cause) {
    std::ofstream(questions.folder / "piqa.jsonl") << content;
    const Outcome outcome = run_command(questions.command(""), questions.folder);
    CHECK(outcome.exit_code == 3);
    CHECK_MESSAGE(outcome.err.find(cause) != std::string::npos, outcome.err);
    CHECK(!fs::exists(questions.folder / "runs"));
  };
  refused("", "piqa.jsonl: holds no item");
  refused("{\"goal\": \"g\"}\n", "piqa.jsonl:1: no field \"label\"");
  refused("{\"goal\": \"g\", \"sol1\": \"a\", \"sol2\": \"" + std::string(3000, 'x') + "\", \"label\": 0}\n",
          "piqa.jsonl: item 1: a continuation of ");
  fs::remove(questions.folder / "piqa.jsonl");
  CHECK(run_command(questions.command(""), questions.folder).exit_code == 3);
}

TEST_CASE("a C4 shard that is missing is not run, and the report says so") {
  const Questions questions;
  const std::string words =
      R"(--quiet --set 'evaluation.perplexity.1={"text": "no/shard.json.gz", "protocol": "c4", "segment": 64}')";
  const Outcome outcome = run_command(short_run(words), questions.folder);
  CAPTURE(outcome.err);
  REQUIRE(outcome.exit_code == 0);
  const json texts = questions.report().at("perplexity");
  CHECK(texts.at(0).at("snn").is_number());
  CHECK(texts.at(1).at("not_run") == "the C4 shard was missing");
  CHECK(texts.at(1).at("dense").is_null());
}

}  // namespace
}  // namespace snnsim::tests
