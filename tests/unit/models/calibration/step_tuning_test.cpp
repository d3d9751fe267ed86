#include "models/calibration/step_tuning.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "models/quantization/quantizer.hpp"
#include "tests/equivalence/runs.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/quantized_equal.hpp"

namespace snnsim::models {
namespace {

std::vector<std::vector<TokenId>> texts(const LlamaConfig& config) {
  std::vector<std::vector<TokenId>> sequences;
  for (const std::uint64_t seed : {7, 8, 9, 10}) sequences.push_back(tests::random_tokens(config, 24, seed));
  return sequences;
}

QuantizedModel coarse_model(Granularity granularity) {
  const auto dense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));
  const QuantizerOptions options{
      .weight_bits = 8, .activation_bits = 3, .granularity = granularity, .activation_range = [](auto) {
        return signed_range(3);
      }};
  return quantize(dense, texts(dense->config()), options);
}

}  // namespace

TEST_CASE("tuned steps bring every block nearer to the dense one, or stay; weights stay") {
  for (const Granularity granularity : {Granularity::per_head, Granularity::per_channel}) {
    const QuantizedModel before = coarse_model(granularity);
    QuantizedModel after = before;
    std::vector<double> gains;
    tune_steps(after, texts(before.dense->config()), {.epochs = 8, .learning_rate = 0.02},
               [&](std::size_t block, double from, double to) {
                 CHECK(block == gains.size());
                 gains.push_back(to / from);
               });
    REQUIRE(gains.size() == 2);
    for (const double gain : gains) CHECK(gain <= 1);
    CHECK(gains[0] * gains[1] < 0.98);
    for (std::size_t k = 0; k < 2; ++k)
      for (const MatrixName name : kAllMatrices) {
        CHECK(after.blocks[k].matrix(name).integer == before.blocks[k].matrix(name).integer);
        CHECK(after.blocks[k].matrix(name).fits(at(after.blocks[k].sites, input_of(name))->step));
      }
    CHECK(at(after.blocks[0].sites, Site::mlp_mid)->step != at(before.blocks[0].sites, Site::mlp_mid)->step);
  }
}

TEST_CASE("a tuned model still is what sigma-delta neurons emit") {
  QuantizedModel qann = coarse_model(Granularity::per_channel);
  tune_steps(qann, texts(qann.dense->config()), {.epochs = 3, .learning_rate = 0.02});
  const SpikingModel spiking = tests::convert_to(qann, 3, SourceSchedule::constant,
                                                 [](LevelRange range) { return NeuronModel(SigmaDelta{range}); });
  CHECK(spiking.exact);
  tests::check_equals_qann(qann, spiking, tests::random_tokens(qann.dense->config(), 15, 5), 1);
}

TEST_CASE("sites that stay analog are left alone") {
  const auto dense = std::make_shared<const DenseModel>(tests::random_checkpoint(3));
  const QuantizedModel before = tests::quantized(dense, 4, kBitsOff, 1);
  QuantizedModel after = before;
  tune_steps(after, texts(dense->config()), {.epochs = 1});
  CHECK(tests::equal(after, before));
}

}  // namespace snnsim::models
