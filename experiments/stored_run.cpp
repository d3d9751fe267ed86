#include "experiments/stored_run.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/experiment_file.hpp"
#include "experiments/files.hpp"
#include "experiments/results_log.hpp"

namespace snnsim::experiments {
namespace {

bool before(const SegmentResult& a, const SegmentResult& b) {
  return std::tie(a.text, a.segment) < std::tie(b.text, b.segment);
}

[[noreturn]] void damaged(const std::filesystem::path& file, std::string_view why) {
  throw DataError(fmt::format("{}: {}", file.string(), why), "run the experiment again with --fresh");
}

/// Null, or a list of counts.
bool is_counts(const nlohmann::ordered_json& manifest, const char* key) {
  const auto found = manifest.find(key);
  if (found == manifest.end() || found->is_null()) return true;
  return found->is_array() && std::ranges::all_of(*found, [](const auto& count) { return count.is_number_integer(); });
}

bool is_manifest(const nlohmann::ordered_json& manifest) {
  const auto holds = [&](const char* key, auto is) { return manifest.contains(key) && is(manifest[key]); };
  return manifest.is_object() && holds("sessions", [](const auto& value) { return value.is_array(); }) &&
         holds("hash", [](const auto& value) { return value.is_string(); }) && is_counts(manifest, "segments") &&
         is_counts(manifest, "zero_shot_chunks");
}

std::size_t sum_of(const nlohmann::ordered_json& manifest, const char* key) {
  std::size_t sum = 0;
  if (const auto found = manifest.find(key); found != manifest.end() && found->is_array())
    for (const auto& count : *found) sum += count.is_number_integer() ? count.get<std::size_t>() : 0;
  return sum;
}

}  // namespace

nlohmann::ordered_json read_manifest(const std::filesystem::path& file) {
  auto manifest = nlohmann::ordered_json::parse(read_file(file), nullptr, false);
  if (!is_manifest(manifest)) damaged(file, "damaged");
  return manifest;
}

std::size_t StoredRun::expected_segments() const {
  return sum_of(manifest, "segments");
}

std::size_t StoredRun::expected_chunks() const {
  return sum_of(manifest, "zero_shot_chunks");
}

bool StoredRun::complete() const {
  const auto found = manifest.find("segments");
  return found != manifest.end() && found->is_array() && results.size() == expected_segments() &&
         zero_shot.size() == expected_chunks();
}

std::string StoredRun::progress() const {
  std::string chunks;
  if (!experiment.evaluation.zero_shot.empty())
    chunks = fmt::format("{} of {} zero-shot chunks", zero_shot.size(), expected_chunks());
  if (experiment.evaluation.perplexity.empty() && !chunks.empty()) return chunks;
  const std::string segments = fmt::format("{} of {} segments", results.size(), expected_segments());
  return chunks.empty() ? segments : segments + ", " + chunks;
}

bool is_run_directory(const std::filesystem::path& path) {
  return std::filesystem::exists(path / "manifest.json") && std::filesystem::exists(path / "experiment.json");
}

StoredRun read_stored_run(const std::filesystem::path& path) {
  if (!is_run_directory(path))
    throw DataError(
        fmt::format("{}: not a run directory (it holds no manifest.json and experiment.json)", path.string()),
        "give a folder that snnsim run made, as in runs/name-0123abcd");
  StoredResults stored = read_results(path / "results.jsonl");
  StoredRun run{path, read_experiment(path / "experiment.json"), read_manifest(path / "manifest.json"),
                std::move(stored.segments), std::move(stored.zero_shot)};
  std::ranges::stable_sort(run.results, before);
  std::ranges::stable_sort(run.zero_shot, {}, [](const ZeroShotResult& r) { return std::pair(r.task, r.chunk); });
  const EvaluationSection& evaluation = run.experiment.evaluation;
  for (const SegmentResult& result : run.results)
    if (result.text >= evaluation.perplexity.size())
      damaged(path / "results.jsonl", "names a text that experiment.json does not have");
  for (const ZeroShotResult& result : run.zero_shot)
    if (result.task >= evaluation.zero_shot.size())
      damaged(path / "results.jsonl", "names a task that experiment.json does not have");
  return run;
}

}  // namespace snnsim::experiments
