#include "experiments/time_plan.hpp"

#include <algorithm>
#include <chrono>

#include "experiments/prefix_search.hpp"
#include "models/quantization/rounded_weights.hpp"

namespace snnsim::experiments {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of the whole dense model, for one position.
double dense_seconds(const models::DenseModel& dense, std::span<const models::TokenId> tokens) {
  constexpr double enough = 1;
  Matrix<float> hidden(0, dense.config().hidden_size);
  std::vector<models::KvCache> caches = models::empty_caches(dense.config());
  const std::vector<std::uint32_t> rows = models::append_embedded(dense, tokens, hidden, caches);
  models::BlockBuffers buffers;
  std::size_t blocks = 0;
  const Clock::time_point start = Clock::now();
  while (blocks < caches.size() && (blocks == 0 || seconds_since(start) < enough)) {
    dense.forward(blocks, rows, hidden, caches[blocks], buffers);
    ++blocks;
  }
  const double whole = seconds_since(start) * static_cast<double>(caches.size()) / static_cast<double>(blocks);
  return whole / static_cast<double>(tokens.size());
}

double weights_of(const models::BlockFloats& block) {
  double sum = 0;
  for (const models::MatrixName name : models::kAllMatrices)
    sum += static_cast<double>(at(block, name)->out() * at(block, name)->in());
  return sum;
}

/// To rotate and to round the weights of all blocks, from those of the first.
double rounding_seconds(const QuantizationSection& quantization, const models::DenseModel& dense) {
  if (quantization.weight_bits == bits_off) return 0;
  const Clock::time_point start = Clock::now();
  const models::BlockFloats block = dense.weights(0);
  const double made = seconds_since(start);
  const auto& one = at(block, models::MatrixName::key);
  models::to_weight_matrix(models::round_to_nearest(*one, {quantization.weight_bits}));
  const double rounded = seconds_since(start) - made;
  const double share = static_cast<double>(one->out() * one->in()) / weights_of(block);
  return static_cast<double>(dense.config().blocks) * (made + rounded / share);
}

double quantizing_seconds(const Experiment& experiment, const JobInputs& inputs, double dense_position) {
  const QuantizationSection& quantization = experiment.quantization;
  std::size_t tokens = 0;
  for (const TokenIds& sequence : inputs.calibration.quantizer) tokens += sequence.size();
  // The activations once, their inputs twice more with feedback; each trial of a rotation does that too, and runs the
  // QANN, and the dense model is run once for all. Behind each prefix that is tried, and nothing, massive activations
  // are looked for. Tuning takes a target, a loss and the way to the next block once, and in each epoch a loss, and
  // a gradient of about 4.
  const std::size_t trials = quantization.searches_rotation() ? quantization.rotation_trials : 0;
  const std::size_t passes =
      ((quantization.measures_activations() ? 1 : 0) + (quantization.weighs_inputs() ? 2 : 0)) * (trials + 1) +
      (trials > 0 ? trials + 1 : 0) + (quantization.prefix_tokens.search ? 1 + most_prefixes : 0) +
      (quantization.tunes() ? 3 + 5 * quantization.tuning.epochs : 0);
  return dense_position * static_cast<double>(tokens * passes) +
         static_cast<double>(trials + 1) *
             rounding_seconds(quantization, *rotated(experiment, inputs.opened.dense, experiment.seed));
}

}  // namespace

std::size_t dense_passes(const Experiment& experiment) {
  const EvaluationSection& evaluation = experiment.evaluation;
  const bool spiking = evaluation.runs(Network::snn);
  const bool once_more = spiking && experiment.record.errors && experiment.quantization.rotation != Rotation::none;
  const std::size_t bound = spiking && experiment.record.bound ? 3 : 0;
  return evaluation.networks.size() + 1 + (spiking ? experiment.conversion.timesteps : 0) + (once_more ? 1 : 0) + bound;
}

TimePlan plan_time(const Experiment& experiment, const JobInputs& inputs, const Segment& example) {
  constexpr std::size_t most_tokens = 256;
  const auto tokens = std::span(example.ids).first(std::min(example.inputs(), most_tokens));
  const double position = dense_seconds(*inputs.opened.dense, tokens);
  TimePlan plan{.passes = dense_passes(experiment)};
  plan.evaluation = position * static_cast<double>(inputs.positions() * plan.passes);
  if (experiment.evaluation.runs(Network::qann)) plan.quantizing = quantizing_seconds(experiment, inputs, position);
  return plan;
}

}  // namespace snnsim::experiments
