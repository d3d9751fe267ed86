#include "experiments/stored_run.hpp"

#include <algorithm>
#include <tuple>

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

nlohmann::ordered_json read_manifest(const std::filesystem::path& file) {
  auto manifest = nlohmann::ordered_json::parse(read_file(file), nullptr, false);
  if (!manifest.is_object() || !manifest.contains("sessions") || !manifest["sessions"].is_array() ||
      !manifest.contains("hash") || !manifest["hash"].is_string())
    damaged(file, "damaged");
  return manifest;
}

}  // namespace

std::size_t StoredRun::expected_segments() const {
  std::size_t sum = 0;
  if (const auto found = manifest.find("segments"); found != manifest.end() && found->is_array())
    for (const auto& segments : *found) sum += segments.is_number_unsigned() ? segments.get<std::size_t>() : 0;
  return sum;
}

bool StoredRun::complete() const {
  const auto found = manifest.find("segments");
  return found != manifest.end() && found->is_array() && results.size() == expected_segments();
}

bool is_run_directory(const std::filesystem::path& path) {
  return std::filesystem::exists(path / "manifest.json") && std::filesystem::exists(path / "experiment.json");
}

StoredRun read_stored_run(const std::filesystem::path& path) {
  if (!is_run_directory(path))
    throw DataError(
        fmt::format("{}: not a run directory (it holds no manifest.json and experiment.json)", path.string()),
        "give a folder that snnsim run made, as in runs/name-0123abcd");
  StoredRun run{path, read_experiment(path / "experiment.json"), read_manifest(path / "manifest.json"),
                read_results(path / "results.jsonl")};
  std::ranges::stable_sort(run.results, before);
  const std::size_t texts = run.experiment.evaluation.perplexity.size();
  for (const SegmentResult& result : run.results)
    if (result.text >= texts) damaged(path / "results.jsonl", "names a text that experiment.json does not have");
  return run;
}

}  // namespace snnsim::experiments
