#include <doctest/doctest.h>
#include <tbb/global_control.h>

#include "core/error.hpp"
#include "models/calibration/coordinate_search.hpp"
#include "models/calibration/mean_correction.hpp"
#include "models/calibration/spiking_threshold_search.hpp"
#include "models/calibration/theta_v0.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::models {
namespace {

constexpr std::uint32_t kSteps = 4;

struct Setting {
  QuantizedModel qann;
  std::vector<std::vector<TokenId>> sequences;

  Setting() : qann(tests::quantized(std::make_shared<const DenseModel>(tests::random_checkpoint(3)), 8, 6, 1)) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed)
      sequences.push_back(tests::random_tokens(qann.dense->config(), 12, seed));
  }
  CalibrationOptions options() const {
    return {.timesteps = kSteps, .neuron = [](std::string_view, LevelRange range) {
              return IntegerSpiking{range, kSteps};
            }};
  }
  CalibrationOutcome run(const Calibrator& calibrator, CalibrationOutcome done = {}) const {
    CalibrationObserver observer;
    return calibrate(qann, sequences, options(), calibrator, observer, std::move(done));
  }
};

std::vector<std::unique_ptr<const Calibrator>> all_calibrators() {
  std::vector<std::unique_ptr<const Calibrator>> all;
  all.push_back(make_theta_v0({.epochs = 8, .learning_rate = 0.02}));
  all.push_back(make_theta_v0({.groups = {.threshold = 5, .potential = 1}, .epochs = 8, .learning_rate = 0.02}));
  all.push_back(make_coordinate_search({}, 2));
  all.push_back(make_spiking_threshold_search());
  all.push_back(make_mean_correction(MeanTarget::dense));
  all.push_back(make_mean_correction(MeanTarget::drive));
  all.push_back(make_mean_correction(MeanTarget::input));
  return all;
}

/// Stops after the first block.
class OneBlock final : public CalibrationObserver {
 public:
  bool block_done(const CalibrationOutcome&) override { return false; }
};

}  // namespace

TEST_CASE("every calibrator lowers the loss of a block, the same on any number of threads") {
  const Setting setting;
  std::size_t number = 0;
  for (const auto& calibrator : all_calibrators()) {
    CAPTURE(number++);
    const CalibrationOutcome outcome = setting.run(*calibrator);
    REQUIRE(outcome.blocks.size() == 2);
    CHECK(outcome.blocks[0].after < outcome.blocks[0].before);
    CHECK_FALSE(outcome.blocks[0].curve.empty());
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    const CalibrationOutcome again = setting.run(*calibrator);
    CHECK(again.calibration == outcome.calibration);
    CHECK(again.blocks[1].curve == outcome.blocks[1].curve);
  }
}

TEST_CASE("gradient descent gets further than trying site by site") {
  const Setting setting;
  const double descended = setting.run(*make_theta_v0({.epochs = 20, .learning_rate = 0.05})).blocks[0].after;
  CHECK(descended < setting.run(*make_spiking_threshold_search()).blocks[0].after);
}

TEST_CASE("a calibration that was stopped goes on to the same end") {
  const Setting setting;
  const auto calibrator = make_theta_v0({.epochs = 3, .learning_rate = 0.02});
  OneBlock stop;
  CalibrationOutcome half = calibrate(setting.qann, setting.sequences, setting.options(), *calibrator, stop);
  REQUIRE(half.blocks.size() == 1);
  const CalibrationOutcome whole = setting.run(*calibrator), joined = setting.run(*calibrator, std::move(half));
  CHECK(joined.calibration == whole.calibration);
  CHECK(joined.blocks[1].after == whole.blocks[1].after);
}

TEST_CASE("a calibrator that makes things worse is not followed") {
  class Worse final : public Calibrator {
    BlockCalibration calibrate(const BlockProblem&, const BlockCalibration& start, const LossObserver&) const override {
      BlockCalibration result = start;
      for (float& threshold : at(result, Site::attn_in)->threshold) threshold *= 100;
      return result;
    }
  };
  const Setting setting;
  const CalibrationOutcome outcome = setting.run(Worse());
  CHECK(outcome.calibration.blocks[0] == uncalibrated(setting.qann.blocks[0]));
  CHECK(outcome.blocks[0].after == outcome.blocks[0].before);
}

TEST_CASE("a network whose populations wait is calibrated with the steps that it takes") {
  const Setting setting;
  CalibrationOptions options = setting.options();
  options.phase = [](std::string_view population) { return population.ends_with("_in") ? 1U : 0U; };
  CalibrationObserver observer;
  const auto calibrator = make_theta_v0({.epochs = 8, .learning_rate = 0.02});
  const CalibrationOutcome waiting = calibrate(setting.qann, setting.sequences, options, *calibrator, observer);
  const CalibrationOutcome at_once = setting.run(*calibrator);
  CHECK(waiting.blocks[0].before < at_once.blocks[0].before);  // less arrives after a neuron's last step
  CHECK(waiting.blocks[0].after < waiting.blocks[0].before);
}

TEST_CASE("finer thresholds are what calibration starts from") {
  const Setting setting;
  CalibrationOptions options = setting.options();
  options.refinement = kSteps;
  options.neuron = [](std::string_view, LevelRange range) {
    return IntegerSpiking{
        {range.low * static_cast<std::int32_t>(kSteps), range.high * static_cast<std::int32_t>(kSteps)}, kSteps};
  };
  class Nothing final : public Calibrator {
    BlockCalibration calibrate(const BlockProblem&, const BlockCalibration& start, const LossObserver&) const override {
      return start;
    }
  };
  CalibrationObserver observer;
  const CalibrationOutcome outcome = calibrate(setting.qann, setting.sequences, options, Nothing(), observer);
  const std::vector<float>& finer = at(outcome.calibration.blocks[0], Site::mlp_in)->threshold;
  CHECK(finer.front() == at(setting.qann.blocks[0].sites, Site::mlp_in)->step.front() / kSteps);
  CHECK(outcome.blocks[0].before < setting.run(Nothing()).blocks[0].before);
}

TEST_CASE("what cannot be calibrated is refused") {
  Setting setting;
  CalibrationObserver observer;
  CalibrationOptions options = setting.options();
  options.neuron = [](std::string_view, LevelRange range) { return IntegrateAndFire{range, kSteps}; };
  CHECK_THROWS_WITH_AS(calibrate(setting.qann, setting.sequences, options, *make_theta_v0({}), observer),
                       "theta_v0 knows no gradient of integrate_and_fire neurons", ConfigurationError);
  options = setting.options();
  options.prefix = 12;
  CHECK_THROWS_WITH_AS(calibrate(setting.qann, setting.sequences, options, *make_theta_v0({}), observer),
                       "the calibration text has no token after the full-precision prefix", DataError);
}

}  // namespace snnsim::models
