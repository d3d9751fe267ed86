#include "models/calibration/theta_v0.hpp"

#include <algorithm>
#include <numeric>

#include "core/error.hpp"
#include "core/random.hpp"
#include "models/calibration/adamw.hpp"
#include "models/calibration/block_gradient.hpp"
#include "models/calibration/block_parameters.hpp"
#include "models/calibration/float_maps.hpp"

namespace snnsim::models {

namespace {

class ThetaV0 final : public Calibrator {
 public:
  explicit ThetaV0(const ThetaV0Options& options) : options_(options) {}

  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    check(problem);
    const FloatMaps maps(problem.dense.block(problem.number), problem.quantized, problem.prefix);
    const BlockParameters parameters(start, problem.dense.config(), options_.groups);
    AdamW optimizer(parameters.values(), options_.learning_rate, options_.epochs * problem.examples.size());
    BlockCalibration best = start;
    double least = problem.loss(start);
    for (std::size_t epoch = 0; epoch < options_.epochs; ++epoch) {
      for (const std::size_t example : order(problem, epoch)) {
        const BlockCalibration now = parameters.calibration(optimizer.parameters());
        optimizer.step(parameters.reduce(gradient(problem, maps, now, problem.examples[example]), now));
      }
      const BlockCalibration now = parameters.calibration(optimizer.parameters());
      const double loss = problem.loss(now);
      observer(loss);
      if (loss < least) {
        least = loss;
        best = now;
      }
    }
    return best;
  }

 private:
  static void check(const BlockProblem& problem) {
    for (const NeuronModel& neuron : problem.neurons)
      if (counts_signs_apart(neuron))
        throw ConfigurationError("theta_v0 knows no gradient of integrate_and_fire neurons",
                                 "use integer_spiking, st_bif or sigma_delta, or another calibration.method");
  }

  /// The sequences in an order of their own in each epoch.
  std::vector<std::size_t> order(const BlockProblem& problem, std::size_t epoch) const {
    const RandomStream random(options_.seed, RandomStream::Purpose::calibration_order);
    const std::size_t count = problem.examples.size();
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = count; i-- > 1;)
      std::swap(order[i], order[random.bits((problem.number * options_.epochs + epoch) * count + i) % (i + 1)]);
    return order;
  }

  static PerSite<SiteGradient<float>> gradient(const BlockProblem& problem, const FloatMaps& maps,
                                               const BlockCalibration& calibration, const BlockExample& example) {
    SteppedStream stream = example.stream;
    std::vector<StepRecord<float>> records;
    problem.block.run(calibration, example.prefix, stream, {}, &records);
    SquaredError scale;
    scale.add(stream.back(), example.target, problem.prefix);
    Matrix<float> doutput(stream.back().rows() - problem.prefix, stream.back().columns());
    for (std::size_t r = 0; r < doutput.rows(); ++r)
      for (std::size_t i = 0; i < doutput.columns(); ++i)
        doutput.row(r)[i] = static_cast<float>(2 / scale.reference) *
                            (stream.back().row(problem.prefix + r)[i] - example.target.row(problem.prefix + r)[i]);
    SiteThresholds<float> thresholds;
    for (const Site site : kAllSites) at(thresholds, site) = at(calibration, site)->threshold;
    BlockGradient<float, FloatMaps> gradient(maps, thresholds, example.prefix.key, example.prefix.value);
    gradient.add(records, doutput);
    return gradient.gradients();
  }

  ThetaV0Options options_;
};

}  // namespace

std::unique_ptr<const Calibrator> make_theta_v0(const ThetaV0Options& options) {
  return std::make_unique<ThetaV0>(options);
}

}  // namespace snnsim::models
