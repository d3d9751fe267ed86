#include "experiments/rotation_search.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/random.hpp"
#include "experiments/quantized_inputs.hpp"
#include "models/quantization/output_loss.hpp"

namespace snnsim::experiments {

std::uint64_t trial_seed(std::uint64_t seed, std::size_t trial) {
  if (trial == 0) return seed;
  return RandomStream(seed, RandomStream::Purpose::rotation_trials).bits(trial);
}

namespace {

using nlohmann::ordered_json;

std::vector<double> losses_of(const Experiment& experiment, const std::shared_ptr<const models::DenseModel>& dense,
                              const std::vector<TokenIds>& calibration, const models::QuantizerOptions& quantizer,
                              const StageObserver& stage) {
  const models::ReferenceOutputs reference(*dense, calibration, quantizer.prefix);
  const std::size_t trials = experiment.quantization.rotation_trials;
  std::vector<double> losses;
  for (std::size_t trial = 0; trial < trials; ++trial) {
    const models::QuantizedModel model =
        models::quantize(rotated(experiment, dense, trial_seed(experiment.seed, trial)), calibration, quantizer);
    losses.push_back(models::output_loss(model, *dense, reference));
    stage(fmt::format("rotation {} of {}: loss {:.4e}", trial + 1, trials, losses.back()));
  }
  return losses;
}

}  // namespace

RotationChoice choose_rotation(const Experiment& experiment, const std::shared_ptr<const models::DenseModel>& dense,
                               const std::vector<TokenIds>& calibration, const models::QuantizerOptions& quantizer,
                               const BuildOptions& build) {
  RotationChoice choice{.seed = experiment.seed, .losses = {}};
  if (!experiment.quantization.searches_rotation()) return choice;
  ordered_json inputs = quantized_inputs(experiment, dense->config(), calibration, quantizer.prefix);
  inputs["rotation_trials"] = experiment.quantization.rotation_trials;
  const auto search = [&] { return losses_of(experiment, dense, calibration, quantizer, build.stage); };
  const ordered_json found = build.cache.recall("rotation", inputs, search);
  const bool sound = found.is_array() && found.size() == experiment.quantization.rotation_trials &&
                     std::ranges::all_of(found, [](const ordered_json& loss) { return loss.is_number(); });
  choice.losses = sound ? found.get<std::vector<double>>() : search();
  choice.trial = static_cast<std::size_t>(std::ranges::min_element(choice.losses) - choice.losses.begin());
  choice.seed = trial_seed(experiment.seed, choice.trial);
  build.stage(fmt::format("rotation {} of {} is the best", choice.trial + 1, choice.losses.size()));
  return choice;
}

}  // namespace snnsim::experiments
