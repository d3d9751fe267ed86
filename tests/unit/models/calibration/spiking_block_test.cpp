#include "models/calibration/spiking_block.hpp"

#include <doctest/doctest.h>

#include "models/conversion/spiking_sequence.hpp"
#include "tests/equivalence/runs.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/random.hpp"

namespace snnsim::models {
namespace {

/// Thresholds and potentials at random, for whole sites or channel by channel.
Calibration random_calibration(const QuantizedModel& qann, bool by_channel) {
  tests::Random random{7};
  Calibration calibration;
  for (const QuantizedBlock& block : qann.blocks) {
    calibration.blocks.push_back(uncalibrated(block));
    for (auto& site : calibration.blocks.back()) {
      const float factor = 0.8F + 0.5F * random.uniform(), potential = random.uniform();
      for (float& threshold : site->threshold) threshold *= by_channel ? 0.8F + 0.5F * random.uniform() : factor;
      for (float& v : site->initial_potential) v = by_channel ? random.uniform() : potential;
    }
  }
  return calibration;
}

/// The same with biases, other weights, and where the neurons can have them offsets of steps.
Calibration with_more(const QuantizedModel& qann, Calibration calibration, std::size_t offsets) {
  tests::Random random{8};
  for (std::size_t k = 0; k < qann.blocks.size(); ++k) {
    BlockCalibration& block = calibration.blocks[k];
    for (const MatrixName name : kAllMatrices) {
      const WeightMatrix& matrix = qann.blocks[k].matrix(name);
      for (std::size_t i = 0; i < matrix.integer->out(); ++i) at(block.bias, name).push_back(random.uniform() - 0.5F);
      if (name == MatrixName::up) continue;
      std::vector<std::int8_t> levels;
      for (std::size_t i = 0; i < matrix.integer->out(); ++i)
        for (std::size_t j = 0; j < matrix.integer->in(); ++j)
          levels.push_back(static_cast<std::int8_t>(matrix.integer->weight(i, j) / 2));
      at(block.weights, name) = integer_matrix(
          std::make_shared<const IntegerWeights>(matrix.integer->out(), matrix.integer->in(), levels), matrix.scale);
    }
    for (auto& site : block)
      for (std::size_t t = 0; t < offsets; ++t) site->step_offset.push_back(random.uniform() - 0.5F);
  }
  return calibration;
}

/// The final RMSNorm of a network that is run block by block.
Matrix<float> by_blocks(const QuantizedModel& qann, const Calibration& calibration, const ConversionOptions& options,
                        const std::vector<TokenId>& tokens, std::size_t prefix) {
  DenseSequence dense(*qann.dense);
  dense.append(std::span(tokens).first(prefix));
  SteppedStream stream(options.timesteps, qann.dense->embed(tokens));
  if (options.embedding == SourceSchedule::constant)
    for (std::uint32_t step = 1; step < options.timesteps; ++step)
      for (float& x : stream[step - 1].values()) x *= static_cast<float>(step) / static_cast<float>(options.timesteps);
  for (std::size_t k = 0; k < qann.blocks.size(); ++k) {
    BlockNeurons neurons;
    for (const Site site : kAllSites)
      at(neurons, site) = options.neuron(population_name(k, site), at(qann.blocks[k].sites, site)->range);
    KvCache cache = qann.dense->adopt(dense.model(), dense.cache(k), prefix);
    BlockPhases phases{};
    for (const Site site : kAllSites)
      if (options.phase) at(phases, site) = options.phase(population_name(k, site)).value_or(options.timesteps);
    SpikingBlock(qann.dense->block(k), qann.blocks[k], neurons, options.timesteps, phases)
        .run(calibration.blocks[k], cache, stream);
  }
  Matrix<float> output(tokens.size(), qann.dense->config().hidden_size);
  qann.dense->final_norm(stream.back(), row_range(prefix, tokens.size()), output);
  return output;
}

void check_same(const QuantizedModel& qann, const Calibration& calibration, ConversionOptions options,
                std::size_t prefix) {
  const std::vector<TokenId> tokens = tests::random_tokens(qann.dense->config(), 9, 5);
  options.calibration = &calibration;
  const SpikingModel spiking = convert(qann, options);
  const auto executor = make_event_executor(spiking.graph, {.timesteps = options.timesteps});
  const tests::Run run = tests::simulate(spiking, *qann.dense, *executor, tokens, prefix);
  CHECK(tests::same_rows(by_blocks(qann, calibration, options, tokens, prefix), run.output, prefix));
}

}  // namespace

TEST_CASE("blocks that run by themselves give the bits of the whole network, calibrated or not") {
  const auto dense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));
  for (const std::size_t prefix : {0, 1}) {
    const QuantizedModel qann = tests::quantized(dense, 8, 5, prefix);
    Calibration plain;
    for (const QuantizedBlock& block : qann.blocks) plain.blocks.push_back(uncalibrated(block));
    for (const std::uint32_t timesteps : {1U, 3U, 8U}) {
      std::size_t kind = 0;
      for (const auto& neuron : tests::all_neurons(static_cast<std::int32_t>(timesteps))) {
        CAPTURE(kind++);
        CAPTURE(timesteps);
        const auto embedding = timesteps == 3 ? SourceSchedule::impulse : SourceSchedule::constant;
        const ConversionOptions options{.timesteps = timesteps,
                                        .embedding = embedding,
                                        .neuron = [&](std::string_view, LevelRange range) { return neuron(range); }};
        check_same(qann, plain, options, prefix);
        check_same(qann, random_calibration(qann, false), options, prefix);
        check_same(qann, random_calibration(qann, true), options, prefix);
        const bool offsets = std::holds_alternative<IntegerSpiking>(neuron({-1, 1}));
        check_same(qann, with_more(qann, random_calibration(qann, false), offsets ? timesteps : 0), options, prefix);
      }
    }
  }
}

TEST_CASE("blocks whose populations wait give the bits of the whole network") {
  const auto dense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));
  const QuantizedModel qann = tests::quantized(dense, 8, 5, 1);
  using Phase = std::optional<std::uint32_t>;
  const std::vector<std::function<Phase(std::string_view)>> strategies{
      [](std::string_view) { return Phase(1); },
      [](std::string_view name) { return Phase(name.ends_with("mlp_in") ? 2 : 0); },
      [](std::string_view name) {
        return Phase(name.ends_with(".k") ? 3 : name.ends_with(".v") ? 1 : 0);
      },
      [](std::string_view name) { return name.starts_with("blocks.0") ? Phase() : Phase(0); }};
  for (const std::uint32_t timesteps : {1U, 4U})
    for (const auto& neuron : tests::all_neurons(static_cast<std::int32_t>(timesteps)))
      for (std::size_t i = 0; i < strategies.size(); ++i) {
        CAPTURE(timesteps);
        CAPTURE(i);
        check_same(qann, random_calibration(qann, i % 2 == 0),
                   {.timesteps = timesteps,
                    .neuron = [&](std::string_view, LevelRange range) { return neuron(range); },
                    .phase = strategies[i]},
                   1);
      }
}

TEST_CASE("phases of the calibration give the bits of the whole network, in place of those of its options") {
  const auto dense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));
  const QuantizedModel qann = tests::quantized(dense, 8, 5, 1);
  Calibration calibration = random_calibration(qann, false);
  at(calibration.blocks[0], Site::q)->phase = 2;
  at(calibration.blocks[0], Site::mlp_in)->phase = 0;
  at(calibration.blocks[1], Site::attn_out)->phase = 1;
  const auto waits = [](std::string_view name) {
    return std::optional<std::uint32_t>(name.ends_with("mlp_in") ? 1 : 0);
  };
  ConversionOptions options{.timesteps = 4,
                            .neuron =
                                [](std::string_view, LevelRange range) {
                                  return IntegerSpiking{range, 4};
                                },
                            .phase = waits};
  check_same(qann, calibration, options, 1);
  options.calibration = &calibration;
  const SpikingModel spiking = convert(qann, options);
  const auto phase = [&](std::size_t k, Site site) {
    return spiking.graph.population(at(spiking.sites[k], site)).phase;
  };
  CHECK(phase(0, Site::q) == 2);
  CHECK(phase(0, Site::mlp_in) == 0);
  CHECK(phase(1, Site::mlp_in) == 1);
  CHECK(phase(1, Site::attn_out) == 1);
}

TEST_CASE("a block puts out later by what the slowest of its populations in a row wait") {
  BlockPhases phases{};
  CHECK(lag(phases) == 0);
  at(phases, Site::k) = 3;
  at(phases, Site::v) = 1;
  at(phases, Site::mlp_mid) = 2;
  CHECK(lag(phases) == 5);
}

}  // namespace snnsim::models
