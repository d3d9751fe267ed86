// The central equality in rotated coordinates: the rotations that run between the weights are one code in both.
#include <doctest/doctest.h>

#include "tests/equivalence/runs.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::tests {
namespace {

using namespace snnsim::models;

std::shared_ptr<const DenseModel> rotated(const std::shared_ptr<const Checkpoint>& checkpoint) {
  return std::make_shared<DenseModel>(checkpoint, ModelRotation(checkpoint->config, 5));
}

void check_sigma_delta_is_the_qann(const std::shared_ptr<const DenseModel>& dense,
                                   std::initializer_list<std::uint32_t> all_timesteps, std::size_t length) {
  const std::vector<TokenId> tokens = random_tokens(dense->config(), length, 5);
  for (const int bits : {4, 8}) {
    const QuantizedModel qann = quantized(dense, bits, bits, 1);
    for (const std::uint32_t timesteps : all_timesteps)
      for (const SourceSchedule embedding : {SourceSchedule::constant, SourceSchedule::impulse}) {
        CAPTURE(bits);
        CAPTURE(timesteps);
        const SpikingModel spiking =
            convert_to(qann, timesteps, embedding, [](LevelRange range) { return NeuronModel(SigmaDelta{range}); });
        CHECK(spiking.exact);
        check_equals_qann(qann, spiking, tokens, 1);
        check_equals_qann(qann, spiking, tokens, 1, true);
      }
  }
}

TEST_CASE("rotated: sigma-delta equals the QANN, with grouped heads") {
  check_sigma_delta_is_the_qann(rotated(random_checkpoint(3)), {1, 2, 4, 8}, 21);
}

TEST_CASE("rotated: sigma-delta equals the QANN, with biases") {
  check_sigma_delta_is_the_qann(rotated(biased_checkpoint(2)), {1, 4}, 21);
}

TEST_CASE("rotated: stories3m") {
  check_sigma_delta_is_the_qann(rotated(std::make_shared<const Checkpoint>(open_checkpoint(bundled_model()))), {4}, 8);
}

TEST_CASE("rotated: event and stepped executors agree, for every neuron") {
  const auto dense = rotated(random_checkpoint(3));
  check_executors_agree(quantized(dense, 6, 6, 1), random_tokens(dense->config(), 15, 5), 1);
}

TEST_CASE("rotated: a prefix of the stored model serves QANN and spiking network alike") {
  const auto checkpoint = random_checkpoint(3);
  const DenseModel stored(checkpoint);
  const auto dense = rotated(checkpoint);
  const std::vector<TokenId> tokens = random_tokens(dense->config(), 15, 5);
  const QuantizedModel qann = quantized(dense, 6, 6, 3);
  const SpikingModel spiking = convert_to(qann, 4, SourceSchedule::constant, all_neurons(4)[1]);
  DenseSequence prefix(stored);
  prefix.append(std::span(tokens).first(3));
  QuantizedSequence quantized(qann);
  quantized.append_prefix(prefix, 3);
  quantized.append(std::span(tokens).subspan(3));
  const auto executor = make_stepped_executor(spiking.graph, TimeSettings{.timesteps = 4});
  SpikingSequence sequence(spiking, *dense, *executor);
  sequence.append_prefix(prefix, 3);
  sequence.append(std::span(tokens).subspan(3));
  CHECK(same_rows(quantized.normalised(), sequence.normalised(), 3));
}

TEST_CASE("rotated: without quantization the QANN is the rotated dense model to the last bit") {
  const auto dense = rotated(biased_checkpoint(1));
  check_unquantized_is_dense(dense, random_tokens(dense->config(), 15, 5));
}

TEST_CASE("rotations are counted among the analog operators") {
  const auto checkpoint = random_checkpoint(3);
  const auto count = [&](const std::shared_ptr<const DenseModel>& dense) {
    const SpikingModel spiking = convert_to(quantized(dense, 8, 8, 0), 1, SourceSchedule::constant, all_neurons(1)[1]);
    return simulate(spiking, *dense, *make_stepped_executor(spiking.graph, TimeSettings{.timesteps = 1}), {5}, 0)
        .operations.analog.multiply_accumulates;
  };
  const ModelRotation rotation(checkpoint->config, 5);
  const std::uint64_t heads = 4 + 2;  // of queries and keys
  const std::uint64_t block = heads * rotation.head.multiply_accumulates() +
                              10 * rotation.heads.multiply_accumulates() + rotation.inner.multiply_accumulates();
  CHECK(count(rotated(checkpoint)) - count(std::make_shared<DenseModel>(checkpoint)) ==
        2 * block + rotation.stream.multiply_accumulates());
}

}  // namespace
}  // namespace snnsim::tests
