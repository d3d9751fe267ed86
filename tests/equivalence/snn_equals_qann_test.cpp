// The central test: exact neurons equal the quantized model bit for bit, and both executors agree for every neuron.
#include <doctest/doctest.h>
#include <oneapi/tbb/global_control.h>

#include "tests/equivalence/runs.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::tests {
namespace {

using namespace snnsim::models;

struct Fixture {
  std::shared_ptr<const DenseModel> dense = std::make_shared<DenseModel>(random_checkpoint(3));
  std::vector<TokenId> tokens = random_tokens(dense->config(), 21, 5);
};

TEST_CASE_FIXTURE(Fixture, "sigma-delta equals the QANN at every T, for every embedding, bit width and prefix") {
  for (const int bits : {2, 4, 8})
    for (const std::size_t prefix : {0, 1, 3}) {
      const QuantizedModel qann = quantized(dense, bits, bits, prefix);
      for (const std::uint32_t timesteps : {1, 2, 4, 8, 16})
        for (const SourceSchedule embedding : {SourceSchedule::constant, SourceSchedule::impulse}) {
          CAPTURE(bits);
          CAPTURE(prefix);
          CAPTURE(timesteps);
          const SpikingModel spiking =
              convert_to(qann, timesteps, embedding, [](LevelRange range) { return NeuronModel(SigmaDelta{range}); });
          CHECK(spiking.exact);
          check_equals_qann(qann, spiking, tokens, prefix);
        }
    }
}

TEST_CASE_FIXTURE(Fixture, "one step of integer_spiking equals the QANN") {
  const QuantizedModel qann = quantized(dense, 6, 6, 1);
  const SpikingModel spiking = convert_to(qann, 1, SourceSchedule::constant, [](LevelRange range) {
    return NeuronModel(IntegerSpiking{range, 1});
  });
  CHECK(spiking.exact);
  check_equals_qann(qann, spiking, tokens, 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "finer thresholds: a neuron whose input is there at once emits it to the T-th part of a level") {
  const QuantizedModel qann = quantized(dense, 6, 4, 1);
  for (const std::int32_t timesteps : {1, 2, 4}) {
    const SpikingModel spiking =
        convert(qann, {.timesteps = static_cast<std::uint32_t>(timesteps),
                       .neuron =
                           [&](std::string_view, LevelRange range) {
                             return IntegerSpiking{{range.low * timesteps, range.high * timesteps}, timesteps};
                           },
                       .phase = [](std::string_view) { return std::optional<std::uint32_t>(); },
                       .refinement = static_cast<std::uint32_t>(timesteps)});
    CHECK(spiking.exact == (timesteps == 1));
    const auto executor = make_event_executor(spiking.graph, {.timesteps = static_cast<std::uint32_t>(timesteps)});
    SpikingSequence sequence(spiking, *qann.dense, *executor);
    DenseSequence source(*qann.dense);
    source.append(tokens);
    sequence.append_prefix(source, 1);
    sequence.append(std::span(tokens).subspan(1));
    std::size_t between = 0;  // levels that the QANN does not have
    for (const NodeId id : spiking.graph.populations()) {
      const Population& population = spiking.graph.population(id);
      const LevelRange range = population.range;
      std::vector<std::int32_t> counts(population.width());
      for (Position r = 1; r < tokens.size(); ++r) {
        sequence.state().emitted(id, r, counts);
        for (std::size_t j = 0; j < counts.size(); ++j) {
          REQUIRE(counts[j] == quantize(sequence.state().drive(id).row(r)[j], population.threshold[j], range));
          between += counts[j] % timesteps != 0 ? 1 : 0;
        }
      }
    }
    CHECK((between > 0) == (timesteps > 1));
  }
}

TEST_CASE_FIXTURE(Fixture, "weights or activations left at 16 bits keep the equality") {
  for (const auto& [weight_bits, activation_bits] : {std::pair{16, 8}, {8, 16}, {16, 16}}) {
    const QuantizedModel qann = quantized(dense, weight_bits, activation_bits, 1);
    const SpikingModel spiking =
        convert_to(qann, 4, SourceSchedule::constant, [](LevelRange range) { return NeuronModel(SigmaDelta{range}); });
    check_equals_qann(qann, spiking, tokens, 1);
  }
}

TEST_CASE_FIXTURE(Fixture, "without any quantization the QANN is the dense model") {
  check_unquantized_is_dense(dense, tokens);
}

TEST_CASE_FIXTURE(Fixture, "event and stepped executors agree bit for bit, for every neuron and number of threads") {
  const QuantizedModel qann = quantized(dense, 6, 4, 1);
  for (const std::int32_t timesteps : {1, 2, 4, 8, 16})
    for (const auto& neuron : all_neurons(timesteps))
      for (const SourceSchedule embedding : {SourceSchedule::constant, SourceSchedule::impulse}) {
        const auto t = static_cast<std::uint32_t>(timesteps);
        const SpikingModel spiking = convert_to(qann, t, embedding, neuron);
        CAPTURE(name(spiking.graph.population(spiking.graph.populations()[0]).neuron));
        CAPTURE(timesteps);
        const Run stepped =
            simulate(spiking, *dense, *make_stepped_executor(spiking.graph, TimeSettings{.timesteps = t}), tokens, 1);
        CHECK(stepped ==
              simulate(spiking, *dense, *make_event_executor(spiking.graph, TimeSettings{.timesteps = t}), tokens, 1));
        for (const std::size_t threads : {1, 2, 7}) {
          const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
          CHECK(stepped == simulate(spiking, *dense, *make_event_executor(spiking.graph, TimeSettings{.timesteps = t}),
                                    tokens, 1));
        }
      }
}

TEST_CASE_FIXTURE(Fixture, "sequential positions: exact neurons give the same, and both executors agree") {
  const QuantizedModel qann = quantized(dense, 6, 6, 1);
  for (const auto& neuron : all_neurons(4)) {
    const SpikingModel spiking = convert_to(qann, 4, SourceSchedule::constant, neuron);
    const Run one =
        simulate(spiking, *dense, *make_event_executor(spiking.graph, TimeSettings{.timesteps = 4}), tokens, 1, true);
    CHECK(one == simulate(spiking, *dense, *make_stepped_executor(spiking.graph, TimeSettings{.timesteps = 4}), tokens,
                          1, true));
    if (!spiking.exact) continue;
    const Run all =
        simulate(spiking, *dense, *make_event_executor(spiking.graph, TimeSettings{.timesteps = 4}), tokens, 1);
    CHECK(one.emitted == all.emitted);
    CHECK(same_rows(one.output, all.output, 1));
  }
}

}  // namespace
}  // namespace snnsim::tests
