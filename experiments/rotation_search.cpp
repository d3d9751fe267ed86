#include "experiments/rotation_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

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

/// A loss that is not finite is never the least. In a file it is null, as JSON has no such number.
double loss_from(const ordered_json& kept) {
  const double loss = kept.is_number() ? kept.get<double>() : std::numeric_limits<double>::infinity();
  return std::isfinite(loss) ? loss : std::numeric_limits<double>::infinity();
}

/// The losses of trials. Each is kept by itself: a search that was stopped goes on, and one of more trials makes only
/// the others.
class Trials {
 public:
  Trials(const Experiment& experiment, const std::shared_ptr<const models::DenseModel>& dense,
         const std::vector<TokenIds>& calibration, const models::QuantizerOptions& quantizer, const BuildOptions& build)
      : experiment_(experiment),
        dense_(dense),
        calibration_(calibration),
        quantizer_(quantizer),
        build_(build),
        inputs_(quantized_inputs(experiment, dense->config(), calibration, quantizer.prefix)) {
    inputs_.erase("tuning");  // of the model that is taken, afterwards
  }

  double loss(std::size_t trial) {
    const std::uint64_t seed = trial_seed(experiment_.seed, trial);
    inputs_["rotation_seed"] = seed;
    const auto measure = [&] {
      const double loss = measured(seed);
      build_.stage(
          fmt::format("rotation {} of {}: loss {:.4e}", trial + 1, experiment_.quantization.rotation_trials, loss));
      return ordered_json(loss);
    };
    const ordered_json kept = build_.cache.recall("rotation", inputs_, measure);
    return loss_from(kept.is_number() || kept.is_null() ? kept : measure());
  }

 private:
  double measured(std::uint64_t seed) {
    if (!reference_) reference_.emplace(*dense_, calibration_, quantizer_.prefix);
    return models::output_loss(models::quantize(rotated(experiment_, dense_, seed), calibration_, quantizer_), *dense_,
                               *reference_);
  }

  const Experiment& experiment_;
  const std::shared_ptr<const models::DenseModel>& dense_;
  const std::vector<TokenIds>& calibration_;
  const models::QuantizerOptions& quantizer_;
  const BuildOptions& build_;
  ordered_json inputs_;                                // of the trial at hand
  std::optional<models::ReferenceOutputs> reference_;  // made when a trial is not known yet
};

}  // namespace

RotationChoice choose_rotation(const Experiment& experiment, const std::shared_ptr<const models::DenseModel>& dense,
                               const std::vector<TokenIds>& calibration, const models::QuantizerOptions& quantizer,
                               const BuildOptions& build) {
  RotationChoice choice{.seed = experiment.seed, .losses = {}};
  if (!experiment.quantization.searches_rotation()) return choice;
  Trials trials(experiment, dense, calibration, quantizer, build);
  while (choice.losses.size() < experiment.quantization.rotation_trials)
    choice.losses.push_back(trials.loss(choice.losses.size()));
  choice.trial = static_cast<std::size_t>(std::ranges::min_element(choice.losses) - choice.losses.begin());
  choice.seed = trial_seed(experiment.seed, choice.trial);
  build.stage(fmt::format("rotation {} of {} is the best", choice.trial + 1, choice.losses.size()));
  return choice;
}

}  // namespace snnsim::experiments
