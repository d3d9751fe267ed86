#include "experiments/run_directory.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "core/error.hpp"
#include "experiments/build_identity.hpp"
#include "experiments/content_hash.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/files.hpp"
#include "experiments/machine.hpp"
#include "experiments/recording/recording.hpp"
#include "experiments/results_log.hpp"
#include "experiments/run_lock.hpp"
#include "experiments/segment_result_json.hpp"
#include "experiments/stored_run.hpp"
#include "experiments/token_table.hpp"

namespace snnsim::experiments {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using SegmentKey = std::pair<std::size_t, std::size_t>;

/// Only what a run writes: notes that someone put beside it stay.
void discard(const fs::path& folder) noexcept {
  std::error_code ignored;
  for (const char* name : {"experiment.json", "manifest.json", "results.jsonl", "report.json", "report.csv",
                           "report.html", "calibration.json", "calibrated_weights", "token_nll.csv",
                           "token_nll.partial", "spikes.h5", "spikes.h5.partial", "spikes.partial", "run.log"})
    fs::remove_all(folder / name, ignored);
}

/// The log of finished segments, ready to be appended to.
fs::path prepared(const fs::path& folder, bool fresh) {
  if (fresh) discard(folder);
  repair_results(folder / "results.jsonl");
  return folder / "results.jsonl";
}

ordered_json first_manifest(const Experiment& experiment, const std::string& hash) {
  auto protocols = ordered_json::array();
  for (const PerplexityTask& task : experiment.evaluation.perplexity) protocols.push_back(name(task.protocol));
  for (const ZeroShotTask& task : experiment.evaluation.zero_shot) protocols.push_back(name(task.protocol));
  return {{"name", experiment.name},
          {"hash", hash},
          {"seed", experiment.seed},
          {"protocols", protocols},
          {"inputs", input_hashes(experiment)},
          {"segments", nullptr},
          {"zero_shot_chunks", nullptr},
          {"equality_required", nullptr},
          {"start", timestamp()},
          {"stop", nullptr},
          {"sessions", ordered_json::array()}};
}

/// One process that worked on the run.
ordered_json session(std::size_t threads) {
  return {{"start", timestamp()},   {"stop", nullptr},           {"version", version()}, {"git", git_revision()},
          {"compiler", compiler()}, {"flags", compiler_flags()}, {"cpu", cpu_model()},   {"host", host_name()},
          {"process", ::getpid()},  {"threads", threads},        {"segments", 0},        {"peak_rss_bytes", nullptr}};
}

}  // namespace

struct RunDirectory::State {
  std::string hash;
  fs::path path;
  RunLock lock;
  mutable std::mutex mutex;
  AppendFile results_file, log_file;
  std::map<SegmentKey, SegmentResult> results;
  std::map<SegmentKey, ZeroShotResult> zero_shot;  // by (task, chunk)
  ordered_json manifest;
  TokenTable tokens;
  Recording recording;
  bool token_nll, recorded;

  State(const Experiment& experiment, const RunLocation& location, std::string content)
      : hash(std::move(content)),
        path(make_folder(location.parent / fmt::format("{}-{}", experiment.name, hash))),
        lock(path),
        results_file(prepared(path, location.fresh)),
        log_file(path / "run.log"),
        tokens(path),
        recording(path),
        token_nll(experiment.record.token_nll),
        recorded(experiment.record.in_hdf5()) {
    StoredResults stored = read_results(path / "results.jsonl");
    for (SegmentResult& result : stored.segments)
      results.emplace(SegmentKey{result.text, result.segment}, std::move(result));
    for (const ZeroShotResult& result : stored.zero_shot)
      zero_shot.emplace(SegmentKey{result.task, result.chunk}, result);
    manifest =
        fs::exists(path / "manifest.json") ? read_manifest(path / "manifest.json") : first_manifest(experiment, hash);
    manifest["sessions"].push_back(session(location.threads));
    manifest["stop"] = nullptr;
    write_file(path / "experiment.json", to_json(experiment).dump(2) + "\n");
    write_manifest();
  }

  void write_manifest() const { write_file(path / "manifest.json", manifest.dump(2) + "\n"); }

  void log(std::string_view line) { log_file.append(fmt::format("{} {}", timestamp(), line)); }

  bool complete() const {
    if (manifest["segments"].is_null()) return false;
    std::size_t expected = 0;
    for (const char* key : {"segments", "zero_shot_chunks"})
      for (const auto& count : manifest[key]) expected += count.get<std::size_t>();
    return results.size() + zero_shot.size() == expected;
  }
};

RunDirectory::RunDirectory(const Experiment& experiment, const RunLocation& location)
    : state_(std::make_unique<State>(experiment, location, content_hash(experiment))) {
  state_->log(fmt::format("snnsim {} ({}) on {}, {} segments finished before", version(), git_revision(), host_name(),
                          state_->results.size()));
}

RunDirectory::~RunDirectory() = default;

const fs::path& RunDirectory::path() const {
  return state_->path;
}
const std::string& RunDirectory::hash() const {
  return state_->hash;
}

std::vector<SegmentResult> RunDirectory::results() const {
  const std::lock_guard guard(state_->mutex);
  std::vector<SegmentResult> out;
  for (const auto& [key, result] : state_->results) out.push_back(result);
  return out;
}

bool RunDirectory::finished(std::size_t text, std::size_t segment) const {
  const std::lock_guard guard(state_->mutex);
  return state_->results.contains({text, segment});
}

std::vector<ZeroShotResult> RunDirectory::zero_shot_results() const {
  const std::lock_guard guard(state_->mutex);
  std::vector<ZeroShotResult> out;
  for (const auto& [key, result] : state_->zero_shot) out.push_back(result);
  return out;
}

bool RunDirectory::finished_chunk(std::size_t task, std::size_t chunk) const {
  const std::lock_guard guard(state_->mutex);
  return state_->zero_shot.contains({task, chunk});
}

void RunDirectory::expect(std::vector<std::size_t> segments_per_text, std::vector<std::size_t> chunks_per_task) {
  const std::lock_guard guard(state_->mutex);
  state_->manifest["segments"] = std::move(segments_per_text);
  state_->manifest["zero_shot_chunks"] = std::move(chunks_per_task);
  state_->write_manifest();
}

void RunDirectory::append(const SegmentResult& result, std::span<const TokenLikelihood> tokens) {
  const std::lock_guard guard(state_->mutex);
  const SegmentKey key{result.text, result.segment};
  assert(!state_->results.contains(key));
  state_->lock.confirm();
  if (state_->token_nll) state_->tokens.write(result.text, result.segment, tokens);
  state_->results_file.append(to_json(result).dump());
  state_->results.emplace(key, result);
  ordered_json& segments = state_->manifest["sessions"].back()["segments"];
  segments = segments.get<std::size_t>() + 1;
}

void RunDirectory::append(const ZeroShotResult& result) {
  const std::lock_guard guard(state_->mutex);
  const SegmentKey key{result.task, result.chunk};
  assert(!state_->zero_shot.contains(key));
  state_->lock.confirm();
  state_->results_file.append(to_json(result).dump());
  state_->zero_shot.emplace(key, result);
}

void RunDirectory::note(const QuantizedSource& source, const ResolvedPrefix& prefix, const RotationChoice& rotation) {
  const std::lock_guard guard(state_->mutex);
  ordered_json& session = state_->manifest["sessions"].back();
  session["quantized"] = {{"key", source.key}, {"blocks_loaded", source.loaded}, {"blocks_computed", source.computed}};
  state_->manifest["prefix_tokens"] = prefix.prefix.tokens();
  if (!rotation.losses.empty())
    state_->manifest["rotation"] = {{"trial", rotation.trial}, {"seed", rotation.seed}, {"losses", rotation.losses}};
  if (const auto& search = prefix.search) {
    state_->manifest["massive_activations"] = to_json(search->survey);
    if (search->remaining) state_->manifest["massive_activations_remaining"] = to_json(*search->remaining);
  }
  state_->write_manifest();
}

void RunDirectory::log(std::string_view line) {
  const std::lock_guard guard(state_->mutex);
  state_->log(line);
}

void RunDirectory::finish(bool equality_required) {
  const std::lock_guard guard(state_->mutex);
  State& state = *state_;
  state.lock.confirm();
  if (state.complete()) {
    const auto segments = state.manifest["segments"].get<std::vector<std::size_t>>();
    if (state.token_nll) state.tokens.join(segments);
    if (state.recorded) state.recording.join(segments);
  }
  ordered_json& last = state.manifest["sessions"].back();
  state.manifest["equality_required"] = equality_required;
  state.manifest["stop"] = last["stop"] = timestamp();
  last["peak_rss_bytes"] = peak_resident_bytes();
  state.write_manifest();
  state.log(state.complete() ? "complete" : "stopped before the end");
}

void RunDirectory::discard_if_empty() noexcept {
  const std::lock_guard guard(state_->mutex);
  if (!state_->results.empty() || !state_->zero_shot.empty()) return;
  discard(state_->path);
  std::error_code ignored;
  state_->lock.release();
  fs::remove(state_->path / ".lock", ignored);
  fs::remove(state_->path, ignored);  // stays if somebody keeps notes there
}

ordered_json RunDirectory::manifest() const {
  const std::lock_guard guard(state_->mutex);
  return state_->manifest;
}

}  // namespace snnsim::experiments
