#include "experiments/experiment.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/glob.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments {

namespace {

void check_pattern(std::string_view key, const std::string& pattern, const std::vector<std::string>& populations) {
  if (std::ranges::any_of(populations, [&](const std::string& name) { return glob_match(pattern, name); })) return;
  const std::vector<std::string_view> names(populations.begin(), populations.end());
  const std::string near = nearest(pattern, names);
  throw ConfigurationError(fmt::format("{}: \"{}\" matches no population of this model", key, pattern),
                           near.empty() ? std::string("populations are named blocks.<k>.<site>, as in blocks.0.mlp_mid")
                                        : fmt::format("did you mean \"{}\"?", near));
}

}  // namespace

Neuron neuron_of(const ConversionSection& conversion, std::string_view population) {
  Neuron neuron = conversion.neuron;
  for (const PopulationOverride& rule : conversion.overrides)
    if (glob_match(rule.match, population)) neuron = rule.neuron.value_or(neuron);
  return neuron;
}

Phase phase_of(const ConversionSection& conversion, std::string_view population) {
  Phase phase = conversion.phase;
  for (const PopulationOverride& rule : conversion.overrides)
    if (glob_match(rule.match, population)) phase = rule.phase.value_or(phase);
  return phase;
}

void check_names(const Experiment& experiment, const std::vector<std::string>& populations) {
  for (const PopulationOverride& rule : experiment.conversion.overrides)
    check_pattern("conversion.overrides", rule.match, populations);
  for (const std::string& pattern : experiment.record.spikes) check_pattern("record.spikes", pattern, populations);
  for (const std::string& pattern : experiment.record.drives) check_pattern("record.drives", pattern, populations);
  for (const std::string& pattern : experiment.record.potentials)
    check_pattern("record.potentials", pattern, populations);
}

}  // namespace snnsim::experiments
