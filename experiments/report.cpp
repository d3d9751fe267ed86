#include "experiments/report.hpp"

#include <fmt/format.h>

#include "experiments/evaluation/arrival_probe.hpp"
#include "experiments/files.hpp"
#include "experiments/report/html/page.hpp"
#include "experiments/report/number.hpp"
#include "experiments/report/sections.hpp"
#include "experiments/segment_result_json.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

ordered_json networks_section(const EvaluationSection& evaluation) {
  ordered_json networks;
  for (const Network network : {Network::dense, Network::qann, Network::snn})
    networks[std::string(name(network))] = evaluation.runs(network);
  return networks;
}

/// The tokens in front of every segment, or how many of its own positions are in full precision.
ordered_json prefix_of(const StoredRun& run) {
  const PrefixTokens& wanted = run.experiment.quantization.prefix_tokens;
  const ordered_json tokens = run.manifest.value("prefix_tokens", ordered_json::array());
  if (!tokens.empty()) return tokens;
  if (!wanted.ids.empty()) return wanted.ids;
  return wanted.count.value_or(1);
}

/// What a reader must know beside the numbers.
ordered_json settings_section(const StoredRun& run) {
  const Experiment& experiment = run.experiment;
  ordered_json settings = {
      {"weight_bits", experiment.quantization.weight_bits},
      {"activation_bits", experiment.quantization.activation_bits},
      {"weights", name(experiment.quantization.weights)},
      {"rotation", name(experiment.quantization.rotation)},
      {"granularity", name(experiment.quantization.granularity)},
      {"smooth", experiment.quantization.smooth},
      {"prefix_tokens", prefix_of(run)},
      {"networks", networks_section(experiment.evaluation)},
      {"neuron", name(experiment.conversion.neuron)},
      {"timesteps", experiment.conversion.timesteps},
      {"embedding", name(experiment.conversion.embedding)},
      {"positions", name(experiment.conversion.positions)},
      {"schedule", name(experiment.simulation.schedule)},
      {"arrival_steps", arrival_steps(static_cast<std::uint32_t>(experiment.conversion.timesteps))},
      {"calibration", name(experiment.calibration.method)}};
  if (experiment.quantization.prefix_tokens.search)
    for (const char* seen : {"massive_activations", "massive_activations_remaining"})
      if (run.manifest.contains(seen)) settings[seen] = run.manifest.at(seen);
  return settings;
}

}  // namespace

ordered_json make_report(const StoredRun& run) {
  const Experiment& experiment = run.experiment;
  const std::vector<PopulationTally> populations = merged_populations(run.results);
  const std::vector<ProjectionTally> projections = merged_projections(run.results);
  const PopulationTally network = whole_network(populations);
  OperationCount operations;
  for (const SegmentResult& result : run.results) operations += result.operations;
  return {{"name", experiment.name},
          {"hash", run.manifest.at("hash")},
          {"complete", run.complete()},
          {"segments", {{"done", run.results.size()}, {"expected", run.expected_segments()}}},
          {"chunks", {{"done", run.zero_shot.size()}, {"expected", run.expected_chunks()}}},
          {"settings", settings_section(run)},
          {"perplexity", perplexity_section(run)},
          {"zero_shot", zero_shot_section(run)},
          {"equality", equality_section(run)},
          {"network", network_section(experiment, network, merged_positions(run.results))},
          {"cause", cause_section(run, populations)},
          {"bound", bound_section(run)},
          {"calibration", calibration_section(run)},
          {"populations", populations_section(experiment, populations)},
          {"projections", projections_section(experiment, projections)},
          {"operations", to_json(operations)},
          {"energy", energy_section(experiment, operations, populations, projections)},
          {"timing", timing_section(run)},
          {"provenance", provenance_section(run)}};
}

std::string report_html(const std::vector<StoredRun>& runs) {
  std::string articles;
  for (const StoredRun& run : runs)
    articles += html::run_article(make_report(run), html::read_excerpt(run.path / "spikes.h5"));
  return html::page(runs.size() == 1 ? runs[0].experiment.name : fmt::format("{} runs", runs.size()), articles);
}

void write_report(const StoredRun& run) {
  const ordered_json report = make_report(run);
  write_file(run.path / "report.csv", report_csv(report));
  write_file(run.path / "report.html", report_html({run}));
  write_file(run.path / "report.json", report.dump(2) + "\n");  // last: a sweep takes it for the end of the run
}

}  // namespace snnsim::experiments
