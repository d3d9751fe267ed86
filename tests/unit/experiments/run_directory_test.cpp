#include "experiments/run_directory.hpp"

#include <cmath>
#include <fstream>
#include <limits>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "experiments/results_log.hpp"
#include "experiments/segment_result_json.hpp"
#include "experiments/stored_run.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/experiments/sample_result.hpp"

namespace snnsim::experiments {
namespace {

Experiment experiment_in(const std::filesystem::path& folder) {
  write_file(folder / "text.txt", "text");
  Experiment experiment;
  experiment.name = "demo";
  experiment.evaluation.perplexity.resize(1);
  experiment.evaluation.perplexity[0].text = folder / "text.txt";
  return experiment;
}

}  // namespace

TEST_CASE("a segment result comes back bit for bit") {
  SegmentResult result = sample_result(0, 3);
  result.wall_s = 5e-324;
  result.kl_dense_snn = std::nextafter(1.0, 2.0);
  result.snn.nll = std::numeric_limits<double>::infinity();
  CHECK(segment_result_from(nlohmann::json::parse(to_json(result).dump())) == result);
  result.dense.nll = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(segment_result_from(nlohmann::json::parse(to_json(result).dump())).dense.nll));
}

TEST_CASE("a run directory keeps what was appended, in order, over processes") {
  const tests::ScratchFolder folder;
  const Experiment experiment = experiment_in(folder.path());
  const RunLocation location{.parent = folder.path() / "runs", .threads = 2};
  std::filesystem::path path;
  {
    RunDirectory directory(experiment, location);
    path = directory.path();
    CHECK(path.filename().string() == "demo-" + directory.hash());
    directory.expect({3});
    directory.append(sample_result(0, 2));
    directory.append(sample_result(0, 0));
    CHECK(directory.finished(0, 2));
    CHECK_FALSE(directory.finished(0, 1));
    directory.finish(true);
  }
  CHECK_FALSE(read_stored_run(path).complete());
  {
    RunDirectory directory(experiment, location);
    REQUIRE(directory.results().size() == 2);
    CHECK(directory.results()[0] == sample_result(0, 0));
    CHECK(directory.results()[1] == sample_result(0, 2));
    directory.append(sample_result(0, 1));
    directory.finish(true);
  }
  const StoredRun run = read_stored_run(path);
  CHECK(run.complete());
  CHECK(run.experiment == experiment);
  CHECK(run.results[1] == sample_result(0, 1));
  CHECK(run.manifest["sessions"].size() == 2);
  CHECK(run.manifest["sessions"][0]["segments"] == 2);
  CHECK(run.manifest["sessions"][0]["threads"] == 2);
  CHECK(run.manifest["inputs"]["evaluation.perplexity.0.text"]["path"] == (folder.path() / "text.txt").string());
  CHECK_FALSE(std::filesystem::exists(path / "manifest.json.partial"));

  RunDirectory again(experiment, {.parent = location.parent, .fresh = true});
  CHECK(again.results().empty());
}

TEST_CASE("a torn last line is dropped, other damage is refused") {
  const tests::ScratchFolder folder;
  const Experiment experiment = experiment_in(folder.path());
  const std::filesystem::path parent = folder.path() / "runs";
  std::filesystem::path log;
  {
    RunDirectory directory(experiment, {.parent = parent});
    log = directory.path() / "results.jsonl";
    directory.append(sample_result(0, 0));
    directory.append(sample_result(0, 1));
  }
  const std::string whole = read_file(log);
  for (const std::size_t cut : {whole.size() - 1, whole.size() - 20, whole.find('\n') + 1, whole.find('\n')}) {
    write_file(log, whole.substr(0, cut));
    RunDirectory directory(experiment, {.parent = parent});
    CHECK(directory.results().size() == (cut > whole.find('\n') ? 1 : 0));
    if (!directory.finished(0, 0)) directory.append(sample_result(0, 0));
    directory.append(sample_result(0, 1));
    CHECK(read_file(log) == whole);
  }
  write_file(log, whole.substr(0, whole.size() - 10) + "\n");
  CHECK(read_results(log).segments.size() == 1);
  write_file(log, "{\"text\": 0}\n" + whole);
  CHECK_THROWS_WITH_AS(read_results(log), (log.string() + ":1: this line is damaged").c_str(), DataError);
  CHECK_THROWS_AS(RunDirectory(experiment, {.parent = parent}), DataError);
}

TEST_CASE("one process at a time, and the lock goes with its holder") {
  const tests::ScratchFolder folder;
  const Experiment experiment = experiment_in(folder.path());
  const RunLocation location{.parent = folder.path() / "runs"};
  {
    const RunDirectory holder(experiment, location);
    try {
      const RunDirectory second(experiment, location);
      FAIL("opened twice");
    } catch (const ConfigurationError& error) {
      CHECK(std::string(error.what()).find("in use by process " + std::to_string(getpid())) != std::string::npos);
    }
  }
  const pid_t child = fork();
  if (child == 0) {
    const RunDirectory abandoned(experiment, location);
    _exit(0);  // without destructors, as a crash would
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  const RunDirectory next(experiment, location);
}

TEST_CASE("token_nll.csv appears when every segment is there") {
  const tests::ScratchFolder folder;
  Experiment experiment = experiment_in(folder.path());
  experiment.record.token_nll = true;
  RunDirectory directory(experiment, {.parent = folder.path() / "runs"});
  directory.expect({2});
  const TokenLikelihood token{.position = 1, .id = 42, .dense = 0.1, .qann = 0.25, .snn = 1.0 / 3.0};
  directory.append(sample_result(0, 1), std::span(&token, 1));
  directory.finish(false);
  CHECK_FALSE(std::filesystem::exists(directory.path() / "token_nll.csv"));
  directory.append(sample_result(0, 0), std::span(&token, 1));
  directory.finish(false);
  CHECK(read_file(directory.path() / "token_nll.csv") ==
        "text,segment,position,id,nll_dense,nll_qann,nll_snn\n"
        "0,0,1,42,0.1,0.25,0.3333333333333333\n"
        "0,1,1,42,0.1,0.25,0.3333333333333333\n");
  CHECK_FALSE(std::filesystem::exists(directory.path() / "token_nll.partial"));
}

TEST_CASE("a folder that cannot be made, and one that is no run directory") {
  const tests::ScratchFolder folder;
  const Experiment experiment = experiment_in(folder.path());
  CHECK_THROWS_AS(RunDirectory(experiment, {.parent = folder.path() / "text.txt"}), DataError);
  CHECK_THROWS_AS(read_stored_run(folder.path()), DataError);
}

TEST_CASE("chunks of zero-shot tasks are kept beside segments, bit for bit") {
  const tests::ScratchFolder folder;
  Experiment experiment = experiment_in(folder.path());
  write_file(folder.path() / "items.jsonl", "{}");
  experiment.evaluation.zero_shot = {{.task = ZeroShotName::boolq, .path = folder.path() / "items.jsonl"}};
  ZeroShotResult chunk{.task = 0, .chunk = 1, .items = 16, .wall_s = 0.25};
  chunk.dense = {.correct = 9, .correct_norm = 8, .nll = 1.0 / 3, .nll_squared = 1e-17};
  chunk.snn.correct = 7;
  chunk.outputs_checked = 100;
  chunk.outputs_different = 3;
  chunk.operations.synaptic_operations = 12345678901234;
  const RunLocation location{.parent = folder.path() / "runs"};
  std::filesystem::path path;
  {
    RunDirectory directory(experiment, location);
    path = directory.path();
    directory.expect({1}, {2});
    directory.append(sample_result(0, 0));
    directory.append(chunk);
    CHECK(directory.finished_chunk(0, 1));
    CHECK_FALSE(directory.finished_chunk(0, 0));
    directory.finish(false);
    CHECK(directory.manifest()["protocols"] == nlohmann::ordered_json({"documents", "harness_0_4"}));
  }
  CHECK_FALSE(read_stored_run(path).complete());
  RunDirectory directory(experiment, location);
  REQUIRE(directory.zero_shot_results().size() == 1);
  CHECK(directory.zero_shot_results()[0] == chunk);
  CHECK(directory.results().size() == 1);
  ZeroShotResult first = chunk;
  first.chunk = 0;
  directory.append(first);
  directory.finish(false);
  const StoredRun run = read_stored_run(path);
  CHECK(run.complete());
  REQUIRE(run.zero_shot.size() == 2);
  CHECK(run.zero_shot[0] == first);
  CHECK(run.zero_shot[1] == chunk);
}

}  // namespace snnsim::experiments
