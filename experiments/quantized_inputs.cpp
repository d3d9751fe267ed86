#include "experiments/quantized_inputs.hpp"

#include <algorithm>
#include <span>

#include "experiments/content_hash.hpp"
#include "experiments/pipeline.hpp"
#include "models/checkpoint/xxh3.hpp"

namespace snnsim::experiments {

namespace {

using nlohmann::ordered_json;

/// Raised when a change of the program changes the bits that the same inputs give, or the files that hold them.
constexpr int quantizer_format = 1;
constexpr int prefix_format = 1;  // the same for the search for prefix tokens

ordered_json ids_of(const std::vector<TokenIds>& sequences) {
  std::vector<std::int32_t> all;
  for (const TokenIds& sequence : sequences) {
    all.push_back(static_cast<std::int32_t>(sequence.size()));
    all.insert(all.end(), sequence.begin(), sequence.end());
  }
  return {{"sequences", sequences.size()},
          {"tokens", all.size() - sequences.size()},
          {"xxh3", models::xxh3(std::as_bytes(std::span(all)))}};
}

/// The ranges in the order of the populations, each with the first that has it.
ordered_json ranges_of(const Experiment& experiment, const models::LlamaConfig& config) {
  auto ranges = ordered_json::array();
  for (const std::string& population : population_names(experiment, config)) {
    const LevelRange range = activation_range(experiment, population);
    const ordered_json levels = {range.low, range.high};
    if (ranges.empty() || ranges.back()["levels"] != levels)
      ranges.push_back({{"from", population}, {"levels", levels}});
  }
  return ranges;
}

}  // namespace

ordered_json quantized_inputs(const Experiment& experiment, const models::LlamaConfig& config,
                              const std::vector<TokenIds>& calibration, std::size_t prefix) {
  const QuantizationSection& section = experiment.quantization;
  ordered_json inputs = {{"format", quantizer_format},
                         {"checkpoint", checkpoint_hash(experiment)},
                         {"blocks", config.blocks},
                         {"weight_bits", section.weight_bits},
                         {"activation_bits", section.activation_bits},
                         {"rotation", name(section.rotation)}};
  if (section.rotation != Rotation::none) inputs["rotation_seed"] = experiment.seed;
  if (section.weight_bits != bits_off) {
    inputs["weights"] = name(section.weights);
    inputs["group"] = section.group;
  }
  if (section.activation_bits != bits_off) {
    inputs["ranges"] = ranges_of(experiment, config);
    for (const OptionalSite site : section.optional_sites) inputs["optional_sites"].push_back(name(site));
    inputs["granularity"] = name(section.granularity);
    inputs["smooth"] = section.smooth;
    if (section.tunes())
      inputs["tuning"] = {{"epochs", section.tuning.epochs},
                          {"learning_rate", section.tuning.learning_rate},
                          {"seed", experiment.seed}};
    inputs["percentile"] = section.ranges == Ranges::percentile ? ordered_json(section.percentile) : nullptr;
  }
  if (section.activation_bits != bits_off || section.weighs_inputs() || section.searches_rotation()) {
    inputs["prefix"] = prefix;
    inputs["calibration"] = ids_of(calibration);
  }
  return inputs;
}

ordered_json prefix_inputs(const Experiment& experiment, const std::vector<TokenIds>& calibration,
                           models::TokenId bos) {
  return {{"format", prefix_format},
          {"checkpoint", checkpoint_hash(experiment)},
          {"calibration", ids_of(calibration)},
          {"bos", bos}};
}

std::string quantized_key(const ordered_json& inputs) {
  const std::string text = inputs.dump();
  return models::xxh3(std::as_bytes(std::span(text)));
}

}  // namespace snnsim::experiments
