#include <map>
#include <set>

#include "experiments/experiment_file.hpp"
#include "experiments/json_source.hpp"
#include "experiments/report.hpp"
#include "experiments/report/number.hpp"
#include "experiments/sweep/result_table.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

void add_perplexity(const ordered_json& scores, ordered_json& out) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::string suffix = i == 0 ? "" : "." + std::to_string(i + 1);
    for (const char* network : {"dense", "qann", "snn"}) out[network + ("_ppl" + suffix)] = scores[i].at(network);
    out["standard_error" + suffix] = scores[i].at("standard_error");
  }
}

void add_zero_shot(const ordered_json& tasks, ordered_json& out) {
  for (const ordered_json& task : tasks)
    for (const char* network : {"dense", "qann", "snn"}) {
      const ordered_json& scores = task.at(network);
      out[child(task.at("task").get<std::string>(), network)] = scores.is_null() ? scores : scores.at("acc");
    }
}

void add_activity(const ordered_json& report, ordered_json& out) {
  const bool spiking = report.at("settings").at("networks").at("snn").get<bool>();
  std::uint64_t tokens = 0;
  for (const ordered_json& score : report.at("perplexity")) tokens += score.at("tokens").get<std::uint64_t>();
  out["synaptic_operations"] = spiking ? report.at("operations").at("synaptic_operations") : ordered_json(nullptr);
  const ordered_json& network = report.at("network");
  out["spikes_per_token"] = spiking && network.contains("spikes")
                                ? number(quotient(network.at("spikes").get<std::uint64_t>(), tokens))
                                : ordered_json(nullptr);
}

using Leaves = std::map<std::string, ordered_json>;

/// The plain values of a document by their dotted paths.
void collect(const ordered_json& json, const std::string& path, Leaves& leaves) {
  if (json.is_object())
    for (const auto& [key, value] : json.items()) collect(value, child(path, key), leaves);
  else if (json.is_array())
    for (std::size_t i = 0; i < json.size(); ++i) collect(json[i], child(path, i), leaves);
  else
    leaves[path] = json;
}

Leaves leaves_of(const Experiment& experiment) {
  ordered_json json = to_json(experiment);
  for (const char* key : {"name", "sweep"}) json.erase(key);
  Leaves leaves;
  collect(json, "", leaves);
  return leaves;
}

ordered_json value_in(const Leaves& leaves, const std::string& key) {
  const auto found = leaves.find(key);
  return found == leaves.end() ? ordered_json(nullptr) : found->second;
}

std::vector<std::string> differing_keys(const std::vector<Leaves>& experiments) {
  std::set<std::string> keys;
  for (const Leaves& leaves : experiments)
    for (const auto& [key, value] : leaves) keys.insert(key);
  std::erase_if(keys, [&](const std::string& key) {
    const ordered_json first = value_in(experiments.front(), key);
    for (const Leaves& leaves : experiments)
      if (value_in(leaves, key) != first) return false;
    return true;
  });
  return {keys.begin(), keys.end()};
}

}  // namespace

ordered_json headline(const StoredRun& run) {
  auto out = ordered_json::object();
  if (!run.complete()) return out;
  const ordered_json report = make_report(run);
  add_perplexity(report.at("perplexity"), out);
  add_zero_shot(report.at("zero_shot"), out);
  add_activity(report, out);
  out["wall_s"] = report.at("timing").at("wall_s");
  return out;
}

ResultTable compare_runs(const std::vector<StoredRun>& runs) {
  std::vector<Leaves> experiments;
  for (const StoredRun& run : runs) experiments.push_back(leaves_of(run.experiment));
  const std::vector<std::string> keys = differing_keys(experiments);
  std::vector<ResultRow> rows;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    ResultRow& row = rows.emplace_back();
    for (const std::string& key : keys) row.settings.push_back(value_in(experiments[i], key));
    row.results = headline(runs[i]);
    row.results["state"] = runs[i].complete() ? "complete" : runs[i].progress();
    row.results["run"] =
        std::filesystem::absolute(runs[i].path / "").lexically_normal().parent_path().filename().string();
  }
  return make_table(keys, rows);
}

}  // namespace snnsim::experiments
