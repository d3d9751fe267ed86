#include "experiments/experiment.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/glob.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments {

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

void check_overrides(const ConversionSection& conversion, const std::vector<std::string>& populations) {
  for (const PopulationOverride& rule : conversion.overrides) {
    const auto matches = [&](const std::string& name) { return glob_match(rule.match, name); };
    if (std::ranges::any_of(populations, matches)) continue;
    const std::vector<std::string_view> names(populations.begin(), populations.end());
    const std::string near = nearest(rule.match, names);
    throw ConfigurationError(
        fmt::format("conversion.overrides: \"{}\" matches no population of this model", rule.match),
        near.empty() ? std::string("populations are named blocks.<k>.<site>, as in blocks.0.mlp_mid")
                     : fmt::format("did you mean \"{}\"?", near));
  }
}

}  // namespace snnsim::experiments
