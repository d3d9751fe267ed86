#include "experiments/report/merge_tallies.hpp"
#include "experiments/report/number.hpp"
#include "experiments/report/sections.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

ordered_json errors(const PopulationTally& tally) {
  const double clipping = tally.clipping / tally.dense, quantization = tally.quantization / tally.dense,
               propagated = tally.propagated / tally.dense, unevenness = tally.unevenness / tally.dense,
               total = tally.total / tally.dense;
  return {{"clipping", number(clipping)},
          {"quantization", number(quantization)},
          {"propagated", number(propagated)},
          {"unevenness", number(unevenness)},
          {"cross", number(total - clipping - quantization - propagated - unevenness)},
          {"total", number(total)}};
}

/// Share of the drive that has been received at each of arrival_steps().
ordered_json arrival_curve(const PopulationTally& tally) {
  auto curve = ordered_json::array();
  for (const double sum : tally.arrival_curve) curve.push_back(number(sum / tally.drive_squares));
  return curve;
}

ordered_json curve(const std::vector<double>& sums, double dense) {
  auto values = ordered_json::array();
  for (const double sum : sums) values.push_back(number(sum / dense));
  return values;
}

/// The terms after each of arrival_steps().
ordered_json step_errors(const StepErrors& steps) {
  return {{"clipping", number(steps.clipping / steps.dense)},
          {"quantization", number(steps.quantization / steps.dense)},
          {"propagated", curve(steps.propagated, steps.dense)},
          {"unevenness", curve(steps.unevenness, steps.dense)},
          {"total", curve(steps.total, steps.dense)}};
}

/// The terms at each position, relative to its own dense values.
ordered_json position_errors(const PositionErrors& positions) {
  const auto relative = [&](const std::vector<double>& sums) {
    auto values = ordered_json::array();
    for (std::size_t p = 0; p < sums.size(); ++p) values.push_back(number(sums[p] / positions.dense[p]));
    return values;
  };
  std::vector<double> cross = positions.total;
  for (std::size_t p = 0; p < cross.size(); ++p)
    cross[p] -= positions.clipping[p] + positions.quantization[p] + positions.propagated[p] + positions.unevenness[p];
  return {{"clipping", relative(positions.clipping)},
          {"quantization", relative(positions.quantization)},
          {"propagated", relative(positions.propagated)},
          {"unevenness", relative(positions.unevenness)},
          {"cross", relative(cross)},
          {"total", relative(positions.total)}};
}

/// Shares of uneven instances, and of their unevenness.
ordered_json uneven_by_input(const UnevenCauses& causes) {
  std::uint64_t instances = 0;
  double unevenness = 0;
  for (const auto* kind : {&causes.slow, &causes.late, &causes.overshooting, &causes.alternating}) {
    instances += kind->instances;
    unevenness += kind->unevenness;
  }
  const auto shares = [&](const UnevenInstances& kind) {
    return ordered_json{{"instances", number(quotient(kind.instances, instances))},
                        {"unevenness", number(kind.unevenness / unevenness)}};
  };
  return {{"slow", shares(causes.slow)},
          {"late", shares(causes.late)},
          {"overshooting", shares(causes.overshooting)},
          {"alternating", shares(causes.alternating)}};
}

void put_measures(const Experiment& experiment, const PopulationTally& tally, ordered_json& out) {
  const bool measured = experiment.record.errors;
  const auto if_measured = [&](double value) { return measured ? number(value) : ordered_json(nullptr); };
  out["instances"] = tally.instances;
  out["spikes"] = tally.spikes;
  out["magnitude"] = tally.magnitude;
  out["spike_hops"] = experiment.simulation.hop > 0 ? ordered_json(tally.spike_hops) : ordered_json(nullptr);
  out["spikes_per_neuron_per_token"] = number(quotient(tally.spikes, tally.instances));
  out["firing_rate"] = number(quotient(tally.spikes, tally.instances * experiment.conversion.timesteps));
  out["unevenness_rate"] = if_measured(quotient(tally.uneven, tally.instances));
  out["arrival_unevenness"] = if_measured(tally.arrival / static_cast<double>(tally.arrival_instances));
  out["late_input"] = if_measured(tally.late_size / tally.drive_size);
  out["first_spike"] = tally.first_spike > 0 ? ordered_json(tally.first_spike) : ordered_json(nullptr);
  out["last_spike"] = tally.last_spike > 0 ? ordered_json(tally.last_spike) : ordered_json(nullptr);
  out["errors"] = measured ? errors(tally) : ordered_json(nullptr);
  out["step_errors"] = measured ? step_errors(tally.steps) : ordered_json(nullptr);
  out["uneven_by_input"] = measured ? uneven_by_input(tally.causes) : ordered_json(nullptr);
}

}  // namespace

std::vector<PopulationTally> merged_populations(const std::vector<SegmentResult>& results) {
  return merged(results, &SegmentResult::populations);
}

PositionErrors merged_positions(const std::vector<SegmentResult>& results) {
  PositionErrors merged;
  for (const SegmentResult& result : results) add_sums(merged, result.positions);
  return merged;
}

PopulationTally whole_network(const std::vector<PopulationTally>& populations) {
  PopulationTally network;
  for (const PopulationTally& tally : populations) {
    network.neurons += tally.neurons;
    add_sums(network, tally);
  }
  return network;
}

ordered_json populations_section(const Experiment& experiment, const std::vector<PopulationTally>& populations) {
  auto section = ordered_json::array();
  for (const PopulationTally& tally : populations) {
    ordered_json out = {{"name", tally.name},
                        {"neuron", name(neuron_of(experiment.conversion, tally.name))},
                        {"neurons", tally.neurons},
                        {"threshold", number(tally.threshold)}};
    out["core"] = experiment.simulation.hop > 0 ? ordered_json{tally.core_x, tally.core_y} : ordered_json(nullptr);
    put_measures(experiment, tally, out);
    out["arrival_curve"] = arrival_curve(tally);
    section.push_back(std::move(out));
  }
  return section;
}

ordered_json network_section(const Experiment& experiment, const PopulationTally& network,
                             const PositionErrors& positions) {
  ordered_json out = {{"neurons", network.neurons}};
  put_measures(experiment, network, out);
  out["position_errors"] = experiment.record.errors ? position_errors(positions) : ordered_json(nullptr);
  return out;
}

}  // namespace snnsim::experiments
