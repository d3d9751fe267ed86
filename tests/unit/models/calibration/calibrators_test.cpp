#include <barrier>
#include <thread>

#include <doctest/doctest.h>
#include <tbb/global_control.h>

#include "core/error.hpp"
#include "models/calibration/bias_correction.hpp"
#include "models/calibration/calibrator_sequence.hpp"
#include "models/calibration/coordinate_search.hpp"
#include "models/calibration/local_threshold_balancing.hpp"
#include "models/calibration/mean_correction.hpp"
#include "models/calibration/phase_search.hpp"
#include "models/calibration/spiking_threshold_search.hpp"
#include "models/calibration/theta_v0.hpp"
#include "models/calibration/weight_tuning.hpp"
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
  all.push_back(make_theta_v0({}, {.epochs = 8, .learning_rate = 0.02}));
  all.push_back(make_theta_v0({.threshold = 5, .potential = 1}, {.epochs = 8, .learning_rate = 0.02}));
  all.push_back(make_coordinate_search({}, 2));
  all.push_back(make_spiking_threshold_search());
  all.push_back(make_mean_correction(MeanTarget::dense));
  all.push_back(make_mean_correction(MeanTarget::drive));
  all.push_back(make_mean_correction(MeanTarget::input));
  all.push_back(make_bias_correction());
  all.push_back(make_local_threshold_balancing({}, {.epochs = 8, .learning_rate = 0.02}));
  all.push_back(make_weight_tuning({.epochs = 8, .learning_rate = 0.2}));
  all.push_back(make_theta_v0({.thresholds = false, .potentials = false, .offsets = kSteps},
                              {.epochs = 8, .learning_rate = 0.02}));
  all.push_back(make_coordinate_search({.thresholds = false, .potentials = false, .offsets = kSteps}, 2));
  all.push_back(make_phase_search(2));
  all.push_back(make_calibrator_sequence(make_phase_search(1), make_mean_correction(MeanTarget::dense)));
  return all;
}

/// Calls visit(BlockProblem) for the first block.
template <typename Visit>
void with_first_block(const Setting& setting, const Visit& visit) {
  class First final : public Calibrator {
   public:
    explicit First(const Visit& visit) : visit_(visit) {}
    BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                               const LossObserver&) const override {
      if (problem.number == 0) visit_(problem);
      return start;
    }

   private:
    const Visit& visit_;
  };
  setting.run(First(visit));
}

/// |mean over positions of (output - target)|².
double mean_output_error(const Setting& setting, const BlockCalibration& calibration) {
  double error = 0;
  with_first_block(setting, [&](const BlockProblem& problem) {
    std::vector<double> sums(problem.own[0].target.columns());
    for (const BlockExample& example : problem.own) {
      SteppedStream stream = example.stream;
      problem.block.run(calibration, example.prefix, stream);
      for (std::size_t r = problem.prefix; r < example.target.rows(); ++r)
        for (std::size_t i = 0; i < sums.size(); ++i)
          sums[i] += double{stream.back().row(r)[i]} - example.target.row(r)[i];
    }
    for (const double sum : sums) error += sum * sum;
  });
  return error;
}

/// Σ (emitted - dense)² of a site of the first block.
double site_error(const Setting& setting, Site site, const BlockCalibration& calibration) {
  double error = 0;
  with_first_block(setting, [&](const BlockProblem& problem) {
    for (const BlockExample& example : problem.own) {
      const PerSite<Matrix<float>> dense = problem.dense_sites(example);
      SteppedStream stream = example.stream;
      problem.block.run(calibration, example.prefix, stream, [&](Site s, const auto&, const Matrix<float>& value) {
        if (s != site) return;
        SquaredError sum;
        sum.add(value, at(dense, site), problem.prefix);
        error += sum.error;
      });
    }
  });
  return error;
}

/// One of several processes that calibrate together, played by threads.
class ThreadShare final : public ExampleShare {
 public:
  struct Meeting {
    explicit Meeting(std::size_t size) : numbers(size), all_here(static_cast<std::ptrdiff_t>(size)) {}
    std::vector<std::vector<double>> numbers;
    std::barrier<> all_here;
  };
  ThreadShare(Meeting& meeting, std::size_t rank) : meeting_(meeting), rank_(rank) {}
  std::size_t rank() const override { return rank_; }
  std::size_t size() const override { return meeting_.numbers.size(); }
  std::vector<std::vector<double>> gather(std::vector<double> own) const override {
    meeting_.numbers[rank_] = std::move(own);
    meeting_.all_here.arrive_and_wait();
    std::vector<std::vector<double>> all = meeting_.numbers;
    meeting_.all_here.arrive_and_wait();
    return all;
  }

 private:
  Meeting& meeting_;
  std::size_t rank_;
};

/// What each of several processes makes of the calibration.
std::vector<CalibrationOutcome> run_shared(const Setting& setting, const Calibrator& calibrator, std::size_t processes,
                                           const std::function<CalibrationObserver&(std::size_t rank)>& observer) {
  ThreadShare::Meeting meeting(processes);
  std::vector<CalibrationOutcome> outcomes(processes);
  std::vector<std::jthread> threads;
  for (std::size_t rank = 0; rank < processes; ++rank)
    threads.emplace_back([&, rank] {
      CalibrationOptions options = setting.options();
      options.share = std::make_shared<ThreadShare>(meeting, rank);
      outcomes[rank] = calibrate(setting.qann, setting.sequences, options, calibrator, observer(rank));
    });
  threads.clear();  // joins
  return outcomes;
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

TEST_CASE("processes that share the examples all come to what one does alone, to the last bit") {
  const Setting setting;  // four examples: one process may have two, and a fifth none
  auto calibrators = all_calibrators();
  calibrators.push_back(make_theta_v0({}, {.epochs = 2, .learning_rate = 0.02, .batch = 3}));
  CalibrationObserver observer;
  std::size_t number = 0;
  for (const auto& calibrator : calibrators) {
    CAPTURE(number++);
    const CalibrationOutcome alone = setting.run(*calibrator);
    for (const std::size_t processes : {2U, 3U, 5U})
      for (const CalibrationOutcome& outcome :
           run_shared(setting, *calibrator, processes, [&](std::size_t) -> CalibrationObserver& { return observer; })) {
        CHECK(outcome.calibration == alone.calibration);
        CHECK(outcome.blocks[1].curve == alone.blocks[1].curve);
        CHECK(outcome.blocks[1].after == alone.blocks[1].after);
      }
  }
}

TEST_CASE("when one process is asked to stop, all do") {
  const Setting setting;
  OneBlock stops;
  CalibrationObserver goes_on;
  const auto observer = [&](std::size_t rank) -> CalibrationObserver& {
    if (rank == 1) return stops;
    return goes_on;
  };
  for (const CalibrationOutcome& outcome : run_shared(setting, *make_mean_correction(MeanTarget::dense), 2, observer))
    CHECK(outcome.blocks.size() == 1);
}

TEST_CASE("a batch is one step along the sum of its gradients") {
  const Setting setting;
  const auto descended = [&](std::size_t batch) {
    return setting.run(*make_theta_v0({}, {.epochs = 16, .learning_rate = 0.02, .batch = batch})).blocks[0];
  };
  const BlockOutcome whole = descended(4);
  CHECK(whole.curve != descended(1).curve);
  CHECK(whole.curve == descended(100).curve);  // there are four
  CHECK(whole.after < whole.before);
}

TEST_CASE("gradient descent gets further than trying site by site") {
  const Setting setting;
  const double descended = setting.run(*make_theta_v0({}, {.epochs = 20, .learning_rate = 0.05})).blocks[0].after;
  CHECK(descended < setting.run(*make_spiking_threshold_search()).blocks[0].after);
}

TEST_CASE("weights alone are tuned: with the scales, and the bits, that they had") {
  const Setting setting;
  const CalibrationOutcome outcome = setting.run(*make_weight_tuning({.epochs = 8, .learning_rate = 0.5}));
  const BlockCalibration& calibration = outcome.calibration.blocks[0];
  CHECK(static_cast<const PerSite<std::optional<SiteCalibration>>&>(calibration) ==
        static_cast<const PerSite<std::optional<SiteCalibration>>&>(uncalibrated(setting.qann.blocks[0])));
  std::size_t moved = 0;
  for (const MatrixName name : kAllMatrices) {
    const WeightMatrix &before = setting.qann.blocks[0].matrix(name), &after = at(calibration.weights, name);
    CHECK(after.scale == before.scale);
    for (std::size_t i = 0; i < after.integer->out(); ++i)
      for (std::size_t j = 0; j < after.integer->in(); ++j)
        moved += after.integer->weight(i, j) != before.integer->weight(i, j) ? 1 : 0;
  }
  CHECK(moved > 0);
}

TEST_CASE("tuned weights of four bits stay within them") {
  Setting setting;
  setting.qann = tests::quantized(setting.qann.dense, 4, 6, 1);
  const CalibrationOutcome outcome = setting.run(*make_weight_tuning({.epochs = 4, .learning_rate = 3}));
  for (const BlockCalibration& block : outcome.calibration.blocks)
    for (const MatrixName name : kAllMatrices) {
      const WeightMatrix& matrix = at(block.weights, name);
      if (matrix.integer != nullptr) CHECK(matrix.integer->format() == WeightFormat::nibbles);
    }
}

TEST_CASE("a bias brings the mean of every product's output to that of the dense block") {
  const Setting setting;
  const CalibrationOutcome outcome = setting.run(*make_bias_correction());
  const double mean_before = mean_output_error(setting, uncalibrated(setting.qann.blocks[0]));
  const double mean_after = mean_output_error(setting, outcome.calibration.blocks[0]);
  CHECK(mean_after < 0.1 * mean_before);
}

TEST_CASE("balancing a threshold by its own site brings what that site emits nearer to its dense value") {
  const Setting setting;
  const auto calibrator = make_local_threshold_balancing({}, {.epochs = 8, .learning_rate = 0.05});
  const CalibrationOutcome outcome = setting.run(*calibrator);
  CHECK(site_error(setting, Site::attn_in, outcome.calibration.blocks[0]) <
        site_error(setting, Site::attn_in, uncalibrated(setting.qann.blocks[0])));
  CHECK(at(outcome.calibration.blocks[0], Site::attn_in)->initial_potential ==
        at(uncalibrated(setting.qann.blocks[0]), Site::attn_in)->initial_potential);
}

TEST_CASE("a calibration that was stopped goes on to the same end") {
  const Setting setting;
  const auto calibrator = make_theta_v0({}, {.epochs = 3, .learning_rate = 0.02});
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
  const auto calibrator = make_theta_v0({}, {.epochs = 8, .learning_rate = 0.02});
  const CalibrationOutcome waiting = calibrate(setting.qann, setting.sequences, options, *calibrator, observer);
  const CalibrationOutcome at_once = setting.run(*calibrator);
  CHECK(waiting.blocks[0].before < at_once.blocks[0].before);  // less arrives after a neuron's last step
  CHECK(waiting.blocks[0].after < waiting.blocks[0].before);
}

TEST_CASE("phases are searched by the loss: the best wait first, and no longer than allowed") {
  const Setting setting;
  for (const std::uint32_t max_wait : {1U, 2U}) {
    const CalibrationOutcome outcome = setting.run(*make_phase_search(max_wait));
    const BlockCalibration& chosen = outcome.calibration.blocks[0];
    BlockPhases phases{};
    for (const Site site : kAllSites) at(phases, site) = at(chosen, site)->phase.value_or(0);
    CHECK(lag(phases) == max_wait);
    CHECK(outcome.blocks[0].after == outcome.blocks[0].curve.back());
    with_first_block(setting, [&](const BlockProblem& problem) {
      CHECK(problem.loss(chosen) == outcome.blocks[0].after);
      double least = outcome.blocks[0].before;
      for (const Site site : kAllSites) {
        BlockCalibration tried = uncalibrated(setting.qann.blocks[0]);
        at(tried, site)->phase = 1;
        least = std::min(least, problem.loss(tried));
      }
      CHECK(outcome.blocks[0].curve.front() == least);
    });
  }
}

TEST_CASE("a population does not wait where there is nothing to wait for") {
  const Setting setting;
  CalibrationOptions options = setting.options();
  options.neuron = [](std::string_view, LevelRange range) { return SigmaDelta{range}; };
  CalibrationObserver observer;
  const CalibrationOutcome exact = calibrate(setting.qann, setting.sequences, options, *make_phase_search(3), observer);
  CHECK(exact.calibration.blocks[0] == uncalibrated(setting.qann.blocks[0]));
  CHECK(exact.blocks[0].curve.empty());
  options = setting.options();
  options.phase = [](std::string_view) { return kSteps; };  // all inputs are complete
  const CalibrationOutcome complete =
      calibrate(setting.qann, setting.sequences, options, *make_phase_search(3), observer);
  CHECK(complete.calibration.blocks[0] == uncalibrated(setting.qann.blocks[0]));
}

TEST_CASE("searched phases come on top of given ones") {
  const Setting setting;
  CalibrationOptions options = setting.options();
  options.phase = [](std::string_view population) { return population.ends_with(".mlp_in") ? 1U : 0U; };
  CalibrationObserver observer;
  const CalibrationOutcome outcome =
      calibrate(setting.qann, setting.sequences, options, *make_phase_search(1), observer);
  const auto chosen = at(outcome.calibration.blocks[0], Site::mlp_in)->phase;
  CHECK((!chosen || *chosen == 2));
  BlockPhases phases{};
  for (const Site site : kAllSites)
    at(phases, site) = at(outcome.calibration.blocks[0], site)->phase.value_or(site == Site::mlp_in ? 1 : 0);
  CHECK(lag(phases) == 2);
}

TEST_CASE("what follows the search of phases descends with them, and only lowers the loss") {
  const Setting setting;
  const CalibrationOutcome waiting = setting.run(*make_phase_search(2));
  const CalibrationOutcome both = setting.run(
      *make_calibrator_sequence(make_phase_search(2), make_theta_v0({}, {.epochs = 8, .learning_rate = 0.02})));
  CHECK(both.blocks[0].after < waiting.blocks[0].after);
  for (const Site site : kAllSites)
    CHECK(at(both.calibration.blocks[0], site)->phase == at(waiting.calibration.blocks[0], site)->phase);
  class Worse final : public Calibrator {
    BlockCalibration calibrate(const BlockProblem&, const BlockCalibration& start, const LossObserver&) const override {
      BlockCalibration result = start;
      for (float& threshold : at(result, Site::attn_in)->threshold) threshold *= 100;
      return result;
    }
  };
  const CalibrationOutcome refused =
      setting.run(*make_calibrator_sequence(make_phase_search(2), std::make_unique<Worse>()));
  CHECK(refused.calibration == waiting.calibration);
}

TEST_CASE("a block's cost is told: the positions that its loss is over, and memory") {
  const Setting setting;
  CalibrationOptions options = setting.options();
  options.peak_memory = [bytes = std::uint64_t{1000}]() mutable { return bytes += 24; };
  CalibrationObserver observer;
  const CalibrationOutcome outcome =
      calibrate(setting.qann, setting.sequences, options, *make_mean_correction(MeanTarget::dense), observer);
  CHECK(outcome.blocks[0].tokens == 4 * 11);  // twelve positions each, one in the prefix
  CHECK(outcome.blocks[0].peak_memory == 1024);
  CHECK(outcome.blocks[1].peak_memory == 1048);
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
  CHECK_THROWS_WITH_AS(calibrate(setting.qann, setting.sequences, options, *make_theta_v0({}, {}), observer),
                       "theta_v0 knows no gradient of integrate_and_fire neurons", ConfigurationError);
  options = setting.options();
  options.prefix = 12;
  CHECK_THROWS_WITH_AS(calibrate(setting.qann, setting.sequences, options, *make_theta_v0({}, {}), observer),
                       "the calibration text has no token after the full-precision prefix", DataError);
}

}  // namespace snnsim::models
