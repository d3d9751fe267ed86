#include "models/calibration/calibrator.hpp"

#include <algorithm>
#include <chrono>

#include "core/error.hpp"
#include "models/llama/dense_arithmetic.hpp"

namespace snnsim::models {

namespace {

/// What the source of the network hands on after each step: as NetworkState does it.
SteppedStream embedded(const Matrix<float>& embedding, const CalibrationOptions& options) {
  SteppedStream stream(options.timesteps, embedding);
  if (options.embedding == SourceSchedule::impulse) return stream;
  for (std::uint32_t step = 1; step < options.timesteps; ++step)
    for (float& x : stream[step - 1].values()) x *= static_cast<float>(step) / static_cast<float>(options.timesteps);
  return stream;
}

struct Examples {
  std::size_t count = 0;  // of all processes
  std::vector<BlockExample> own;
};

Examples examples_of(const DenseModel& dense, const std::vector<std::vector<TokenId>>& sequences,
                     const CalibrationOptions& options) {
  Examples examples;
  for (const auto& sequence : sequences) {
    if (sequence.size() <= options.prefix || !options.share->is_own(examples.count++)) continue;
    BlockExample example;
    example.hidden = dense.embed(sequence);
    example.stream = embedded(example.hidden, options);
    examples.own.push_back(std::move(example));
  }
  if (examples.count == 0)
    throw DataError("the calibration text has no token after the full-precision prefix",
                    "give a longer text, or fewer prefix_tokens");
  return examples;
}

/// Positions behind the prefix, of all processes.
std::uint64_t tokens_of(const BlockProblem& problem) {
  return static_cast<std::uint64_t>(problem.sum([&](std::size_t i) {
    return std::vector<double>{static_cast<double>(problem.own[i].target.rows() - problem.prefix)};
  })[0]);
}

/// True if every process says so.
bool all_agree(const ExampleShare& share, bool own) {
  const auto answers = share.gather({own ? 1.0 : 0.0});
  return std::ranges::all_of(answers, [](const std::vector<double>& answer) { return answer[0] == 1; });
}

/// Target and prefix of every example, from the dense block.
void set_targets(const DenseModel& dense, std::size_t k, std::size_t prefix, std::vector<BlockExample>& examples) {
  const BlockFloats weights = dense.weights(k);
  BlockBuffers buffers;
  for (BlockExample& example : examples) {
    const std::vector<std::uint32_t> rows = row_range(0, example.hidden.rows());
    const std::size_t kv = width(dense.config(), Site::k);
    example.prefix = {Matrix<float>(rows.size(), kv), Matrix<float>(rows.size(), kv)};
    example.target = example.hidden;
    const DenseModel::SiteObserver none;
    DenseArithmetic arithmetic(weights, rows, none);
    forward_block(dense.block(k), arithmetic, rows, example.target, OneSequence(example.prefix), buffers);
    example.prefix.key.resize_rows(prefix);
    example.prefix.value.resize_rows(prefix);
  }
}

BlockNeurons neurons_of(const QuantizedBlock& block, std::size_t k, const CalibrationOptions& options) {
  BlockNeurons neurons;
  for (const Site site : kAllSites)
    if (const auto& quantizer = at(block.sites, site))
      at(neurons, site) = options.neuron(population_name(k, site), quantizer->range);
  return neurons;
}

BlockPhases phases_of(std::size_t k, const CalibrationOptions& options) {
  BlockPhases phases{};
  for (const Site site : kAllSites)
    if (options.phase) at(phases, site) = options.phase(population_name(k, site));
  return phases;
}

BlockCalibration calibrate_block(const BlockProblem& problem, const BlockCalibration& start,
                                 const Calibrator& calibrator, BlockOutcome& outcome, const LossObserver& progress) {
  const auto begin = std::chrono::steady_clock::now();
  outcome.before = outcome.after = problem.loss(start);
  BlockCalibration result = calibrator.calibrate(problem, start, [&](double loss) {
    outcome.curve.push_back(loss);
    if (progress) progress(loss);
  });
  outcome.after = problem.loss(result);
  if (!(outcome.after < outcome.before)) {
    result = start;
    outcome.after = outcome.before;
  }
  outcome.tokens = tokens_of(problem);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace

CalibrationOutcome calibrate(const QuantizedModel& model, const std::vector<std::vector<TokenId>>& sequences,
                             const CalibrationOptions& options, const Calibrator& calibrator,
                             CalibrationObserver& observer, CalibrationOutcome done) {
  const DenseModel& dense = *model.dense;
  CalibrationOutcome outcome = std::move(done);
  Examples examples = examples_of(dense, sequences, options);
  for (std::size_t k = 0; k < model.blocks.size(); ++k) {
    set_targets(dense, k, options.prefix, examples.own);
    const BlockNeurons neurons = neurons_of(model.blocks[k], k, options);
    const BlockProblem problem{
        dense,
        k,
        model.blocks[k],
        neurons,
        SpikingBlock(dense.block(k), model.blocks[k], neurons, options.timesteps, phases_of(k, options)),
        options.prefix,
        examples.own,
        examples.count,
        *options.share,
        model.weight_bits};
    if (k == outcome.blocks.size()) {
      BlockOutcome block;
      outcome.calibration.blocks.push_back(calibrate_block(problem, uncalibrated(model.blocks[k], options.refinement),
                                                           calibrator, block,
                                                           [&](double loss) { observer.round_done(k, loss); }));
      if (options.peak_memory) block.peak_memory = options.peak_memory();
      outcome.blocks.push_back(std::move(block));
      if (!all_agree(*options.share, observer.block_done(outcome))) return outcome;
    }
    parallel_for(examples.own.size(), [&](std::size_t i) {
      BlockExample& example = examples.own[i];
      problem.block.run(outcome.calibration.blocks[k], example.prefix, example.stream);
      example.hidden = std::move(example.target);
    });
  }
  return outcome;
}

}  // namespace snnsim::models
