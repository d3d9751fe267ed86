#include "models/calibration/step_tuning.hpp"

#include <algorithm>

#include "models/calibration/theta_v0.hpp"

namespace snnsim::models {

namespace {

class Told final : public CalibrationObserver {
 public:
  explicit Told(const std::function<void(std::size_t, double, double)>& tuned) : tuned_(tuned) {}
  bool block_done(const CalibrationOutcome& outcome) override {
    const BlockOutcome& block = outcome.blocks.back();
    if (tuned_) tuned_(outcome.blocks.size() - 1, block.before, block.after);
    return true;
  }

 private:
  const std::function<void(std::size_t, double, double)>& tuned_;
};

bool has_steps(const QuantizedModel& model) {
  return std::ranges::any_of(model.blocks, [](const QuantizedBlock& block) {
    return std::ranges::any_of(block.sites, [](const auto& quantizer) { return quantizer.has_value(); });
  });
}

}  // namespace

void tune_steps(QuantizedModel& model, const std::vector<std::vector<TokenId>>& sequences, const StepTuning& tuning,
                const std::function<void(std::size_t block, double before, double after)>& tuned) {
  if (!has_steps(model)) return;
  const CalibrationOptions one_step{.timesteps = 1, .prefix = tuning.prefix, .neuron = [](auto, LevelRange range) {
                                      return NeuronModel(SigmaDelta{range});
                                    }};
  const auto calibrator = make_theta_v0(
      {.potentials = false}, {.epochs = tuning.epochs, .learning_rate = tuning.learning_rate, .seed = tuning.seed});
  Told observer(tuned);
  const CalibrationOutcome outcome = calibrate(model, sequences, one_step, *calibrator, observer);
  for (std::size_t k = 0; k < model.blocks.size(); ++k)
    for (const Site site : kAllSites)
      if (auto& quantizer = at(model.blocks[k].sites, site))
        quantizer->step = at(outcome.calibration.blocks[k], site)->threshold;
}

}  // namespace snnsim::models
