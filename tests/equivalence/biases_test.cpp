// Biases of the projections (Qwen2): dense model, QANN and spiking network apply them alike.
#include <doctest/doctest.h>

#include "tests/equivalence/runs.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::tests {
namespace {

using namespace snnsim::models;

/// The random checkpoint with biases of a size; without a gain nothing spikes at attn_in, so that only the biases drive
/// q, k and v.
std::shared_ptr<const DenseModel> with_biases(float scale, bool silent_input) {
  auto checkpoint = std::make_shared<Checkpoint>(*biased_checkpoint(scale));
  auto zeros = std::make_shared<std::vector<float>>(checkpoint->config.hidden_size);
  checkpoint->storage.push_back(zeros);
  if (silent_input)
    for (BlockWeights& block : checkpoint->blocks)
      block.attention_norm.bytes = reinterpret_cast<const std::byte*>(zeros->data());
  return std::make_shared<DenseModel>(checkpoint);
}

void check_all(const std::shared_ptr<const DenseModel>& dense) {
  const std::vector<TokenId> tokens = random_tokens(dense->config(), 17, 5);
  for (const std::size_t prefix : {0, 1}) {
    const QuantizedModel qann = quantized(dense, 6, 6, prefix);
    for (const std::uint32_t timesteps : {1, 2, 4, 8, 16})
      for (const SourceSchedule embedding : {SourceSchedule::constant, SourceSchedule::impulse}) {
        CAPTURE(prefix);
        CAPTURE(timesteps);
        const SpikingModel spiking =
            convert_to(qann, timesteps, embedding, [](LevelRange range) { return NeuronModel(SigmaDelta{range}); });
        check_equals_qann(qann, spiking, tokens, prefix);
      }
  }
}

TEST_CASE("sigma-delta equals the QANN of a model with biases, at every T") {
  check_all(with_biases(2, false));
}

TEST_CASE("biases reach q, k and v although no spike arrives") {
  const auto dense = with_biases(2, true);
  check_all(dense);
  const std::vector<TokenId> tokens = random_tokens(dense->config(), 9, 5);
  DenseSequence sequence(*dense);
  sequence.append(tokens);
  CHECK(sequence.cache(0).value.row(8)[0] == at(dense->block(0).bias, MatrixName::value)[0]);
}

TEST_CASE("event and stepped executors agree on biases, for every neuron") {
  const auto dense = with_biases(1, false);
  check_executors_agree(quantized(dense, 6, 6, 1), random_tokens(dense->config(), 15, 5), 1);
}

TEST_CASE("without quantization a model with biases is the dense model") {
  const auto dense = with_biases(1, false);
  check_unquantized_is_dense(dense, random_tokens(dense->config(), 15, 5));
}

}  // namespace
}  // namespace snnsim::tests
