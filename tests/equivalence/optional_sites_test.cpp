// The central equality where attention probabilities and the input of the LM head are sites too.
#include <doctest/doctest.h>

#include "models/quantization/threshold_search.hpp"
#include "tests/equivalence/runs.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/quantized_equal.hpp"

namespace snnsim::tests {
namespace {

using namespace snnsim::models;

constexpr std::size_t kKeys = 30;

QuantizedModel quantize_sites(const std::shared_ptr<const DenseModel>& dense, bool probs, bool final_in,
                              Granularity granularity = Granularity::per_head) {
  QuantizerOptions options{.weight_bits = 6,
                           .activation_bits = 5,
                           .granularity = granularity,
                           .keys = probs ? kKeys : 0,
                           .final_in = final_in,
                           .activation_range = [](std::string_view population) {
                             return population.ends_with(".probs") ? unsigned_range(5) : signed_range(5);
                           }};
  return quantize(dense, {random_tokens(dense->config(), 24, 7), random_tokens(dense->config(), 24, 8)}, options);
}

std::vector<std::shared_ptr<const DenseModel>> both_coordinates() {
  const auto checkpoint = biased_checkpoint(1);
  return {std::make_shared<const DenseModel>(checkpoint),
          std::make_shared<const DenseModel>(checkpoint, ModelRotation(checkpoint->config, 5))};
}

}  // namespace

TEST_CASE("probabilities and the input of the LM head: sigma-delta equals the QANN, at once and token by token") {
  for (const auto& dense : both_coordinates())
    for (const bool probs : {false, true})
      for (const bool final_in : {false, true})
        for (const Granularity granularity : {Granularity::per_head, Granularity::per_channel}) {
          CAPTURE(probs);
          CAPTURE(final_in);
          const QuantizedModel qann = quantize_sites(dense, probs, final_in, granularity);
          for (const std::uint32_t timesteps : {1, 3}) {
            const SpikingModel spiking = convert_to(qann, timesteps, SourceSchedule::constant,
                                                    [](LevelRange range) { return NeuronModel(SigmaDelta{range}); });
            CHECK(spiking.exact);
            CHECK(spiking.graph.populations().size() == 14U + (probs ? 2 : 0) + (final_in ? 1 : 0));
            for (const std::size_t prefix : {0, 2})
              check_equals_qann(qann, spiking, random_tokens(dense->config(), 15, 5), prefix, prefix == 2);
          }
        }
}

TEST_CASE("optional sites: one step of integer_spiking is exact, and event and stepped executors agree") {
  const auto dense = both_coordinates()[0];
  const QuantizedModel qann = quantize_sites(dense, true, true);
  const std::vector<TokenId> tokens = random_tokens(dense->config(), 15, 5);
  const SpikingModel spiking = convert_to(qann, 1, SourceSchedule::constant, all_neurons(1)[0]);
  CHECK(spiking.exact);
  check_equals_qann(qann, spiking, tokens, 1);
  check_executors_agree(qann, tokens, 1);
}

TEST_CASE("a population of probabilities has a neuron for each head and key, and no negative level") {
  const auto dense = both_coordinates()[0];
  const LlamaConfig& c = dense->config();
  const QuantizedModel qann = quantize_sites(dense, true, true);
  const SpikingModel spiking = convert_to(qann, 2, SourceSchedule::constant, all_neurons(2)[1]);
  const Population& probs = spiking.graph.population(spiking.graph.find_population("blocks.1.probs"));
  CHECK(probs.width() == c.heads * kKeys);
  CHECK(probs.range == LevelRange{0, 31});
  CHECK(probs.threshold[kKeys - 1] == qann.blocks[1].probs->step[0]);
  CHECK(probs.threshold[kKeys] == qann.blocks[1].probs->step[1]);
  const Population& output = spiking.graph.population(spiking.graph.find_population("final_in"));
  CHECK(output.width() == c.hidden_size);
  CHECK(output.range == signed_range(5));
}

TEST_CASE("optional sites round: probabilities to levels of their head, outputs to multiples of a step") {
  const auto dense = both_coordinates()[0];
  const std::vector<TokenId> tokens = random_tokens(dense->config(), 15, 5);
  const QuantizedModel without = quantize_sites(dense, false, false), probs = quantize_sites(dense, true, false),
                       output = quantize_sites(dense, false, true);
  CHECK(tests::output(without, tokens) != tests::output(probs, tokens));
  const Matrix<float> rounded = tests::output(output, tokens), exact = tests::output(without, tokens);
  const ActivationQuantizer& quantizer = *output.blocks.back().final_in;
  for (std::size_t j = 0; j < rounded.columns(); ++j)
    CHECK(rounded.row(9)[j] ==
          quantizer.step[j] * static_cast<float>(quantize(exact.row(9)[j], quantizer.step[j], quantizer.range)));
  std::size_t rows = 0;
  QuantizedSequence(probs).append(tokens, [&](const std::string& population, const Matrix<std::int16_t>& counts) {
    if (!population.ends_with(".probs")) return;
    for (std::size_t r = 0; r < tokens.size(); ++r, ++rows)
      for (std::size_t h = 0; h < dense->config().heads; ++h)
        for (std::size_t j = 0; j < kKeys; ++j) {
          const std::int16_t count = counts.row(r)[h * kKeys + j];
          CHECK((j <= r ? count >= 0 && count <= 31 : count == 0));
        }
  });
  CHECK(rows == 2 * tokens.size());
}

}  // namespace snnsim::tests
