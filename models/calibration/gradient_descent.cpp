#include "models/calibration/gradient_descent.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/random.hpp"
#include "models/calibration/adamw.hpp"

namespace snnsim::models {

namespace {

std::vector<std::size_t> order_of(const BlockProblem& problem, const DescentOptions& options, std::size_t epoch) {
  const RandomStream random(options.seed, RandomStream::Purpose::calibration_order);
  const std::size_t count = problem.examples;
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = count; i-- > 1;)
    std::swap(order[i], order[random.bits((problem.number * options.epochs + epoch) * count + i) % (i + 1)]);
  return order;
}

/// The gradient of |ŷ - y|² / |y|² by ŷ, the block's output behind the prefix.
Matrix<float> output_gradient(const BlockProblem& problem, const Matrix<float>& output, const Matrix<float>& target) {
  SquaredError scale;
  scale.add(output, target, problem.prefix);
  Matrix<float> gradient(output.rows() - problem.prefix, output.columns());
  for (std::size_t r = 0; r < gradient.rows(); ++r)
    for (std::size_t i = 0; i < gradient.columns(); ++i)
      gradient.row(r)[i] = static_cast<float>(2 / scale.reference) *
                           (output.row(problem.prefix + r)[i] - target.row(problem.prefix + r)[i]);
  return gradient;
}

}  // namespace

BlockCalibration descend(const BlockProblem& problem, const BlockCalibration& start, const Descent& descent,
                         const DescentOptions& options, const LossObserver& observer) {
  const std::size_t batch = std::min(options.batch, problem.examples);
  AdamW optimizer(descent.start, options.learning_rate, options.epochs * ((problem.examples + batch - 1) / batch));
  BlockCalibration best = start;
  double least = problem.loss(start);
  for (std::size_t epoch = 0; epoch < options.epochs; ++epoch) {
    const std::vector<std::size_t> examples = order_of(problem, options, epoch);
    for (std::size_t first = 0; first < examples.size(); first += batch) {
      const BlockCalibration now = descent.calibration(optimizer.parameters());
      const auto together = std::span(examples).subspan(first, std::min(batch, examples.size() - first));
      optimizer.step(problem.sum(together, descent.gradient(optimizer.parameters(), now)));
    }
    BlockCalibration now = descent.calibration(optimizer.parameters());
    const double loss = problem.loss(now);
    observer(loss);
    if (loss < least) {
      least = loss;
      best = std::move(now);
    }
  }
  return best;
}

BlockCalibration descend_by_sites(const BlockProblem& problem, const BlockCalibration& start,
                                  const ParameterGroups& groups, const SiteGradients& gradient,
                                  const DescentOptions& options, const LossObserver& observer) {
  const BlockParameters parameters(start, problem.dense.config(), groups);
  const Descent descent{
      .start = parameters.values(),
      .calibration = [&](const std::vector<double>& values) { return parameters.calibration(values); },
      .gradient = [&](const std::vector<double>&, const BlockCalibration& now) -> Descent::Gradient {
        return [&](std::size_t own) { return parameters.reduce(gradient(now, own), now); };
      }};
  return descend(problem, start, descent, options, observer);
}

BlockGradients loss_gradient(const BlockProblem& problem, const FloatMaps& maps, const BlockCalibration& calibration,
                             const BlockExample& example, bool by_weights) {
  SteppedStream stream = example.stream;
  std::vector<StepRecord<float>> records;
  problem.block.run(calibration, example.prefix, stream, {}, &records);
  SiteThresholds<float> thresholds;
  for (const Site site : kAllSites) at(thresholds, site) = at(calibration, site)->threshold;
  BlockGradient<float, FloatMaps> gradient(maps, thresholds, example.prefix.key, example.prefix.value, by_weights);
  gradient.add(records, output_gradient(problem, stream.back(), example.target));
  return {gradient.gradients(), gradient.weights()};
}

void check_differentiable(const BlockProblem& problem, std::string_view method) {
  for (const NeuronModel& neuron : problem.neurons)
    if (counts_signs_apart(neuron))
      throw ConfigurationError(fmt::format("{} knows no gradient of integrate_and_fire neurons", method),
                               "use integer_spiking, st_bif or sigma_delta, or another calibration.method");
}

}  // namespace snnsim::models
