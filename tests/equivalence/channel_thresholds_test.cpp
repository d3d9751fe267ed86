// The central equality where neurons have thresholds of their own, folded into the weights, and weights are in groups.
#include <doctest/doctest.h>

#include "models/quantization/threshold_search.hpp"
#include "tests/equivalence/runs.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::tests {
namespace {

using namespace snnsim::models;

struct Setting {
  const char* name;
  QuantizerOptions options;
};

std::vector<Setting> settings() {
  const auto with = [](int weight_bits, int activation_bits) {
    return QuantizerOptions{.weight_bits = weight_bits, .activation_bits = activation_bits, .activation_range = {}};
  };
  std::vector<Setting> all{{"per channel", with(8, 4)},
                           {"per channel, gptq", with(4, 6)},
                           {"per tensor", with(6, 6)},
                           {"smoothed", with(8, 8)},
                           {"smoothed, gptq in groups", with(3, 4)},
                           {"awq", with(3, 6)},
                           {"groups", with(4, 4)},
                           {"percentile", with(4, 4)}};
  all[0].options.granularity = all[1].options.granularity = Granularity::per_channel;
  all[1].options.weights = all[4].options.weights = WeightMethod::gptq;
  all[2].options.granularity = Granularity::per_tensor;
  all[3].options.smoothing = 0.5F;
  all[4].options.smoothing = 0.7F;
  all[4].options.group = all[6].options.group = 32;
  all[5].options.weights = WeightMethod::awq;
  all[7].options.step_rule.percentile = 99;
  return all;
}

/// Keys and values have two bits more.
QuantizedModel quantize_with(const std::shared_ptr<const DenseModel>& dense, QuantizerOptions options) {
  const int bits = options.activation_bits;
  options.activation_range = [=](std::string_view population) {
    const bool cached = population.ends_with(".k") || population.ends_with(".v");
    return signed_range(bits == kBitsOff ? 8 : cached ? std::min(8, bits + 2) : bits);
  };
  return quantize(dense, {random_tokens(dense->config(), 24, 7), random_tokens(dense->config(), 24, 8)}, options);
}

void check_integer_synapses(const SpikingModel& spiking) {
  for (NodeId id = 0; id < spiking.graph.size(); ++id)
    if (const auto* projection = std::get_if<Projection>(&spiking.graph.node(id))) CHECK(projection->counts_spikes());
}

std::vector<std::shared_ptr<const DenseModel>> both_coordinates() {
  const auto checkpoint = biased_checkpoint(1);
  return {std::make_shared<const DenseModel>(checkpoint),
          std::make_shared<const DenseModel>(checkpoint, ModelRotation(checkpoint->config, 5))};
}

TEST_CASE("thresholds by channel and weights in groups: sigma-delta equals the QANN on integer synapses") {
  for (const auto& dense : both_coordinates())
    for (const Setting& setting : settings()) {
      CAPTURE(setting.name);
      const QuantizedModel qann = quantize_with(dense, setting.options);
      for (const std::uint32_t timesteps : {1, 3}) {
        const SpikingModel spiking = convert_to(qann, timesteps, SourceSchedule::constant,
                                                [](LevelRange range) { return NeuronModel(SigmaDelta{range}); });
        CHECK(spiking.exact);
        check_integer_synapses(spiking);
        check_equals_qann(qann, spiking, random_tokens(dense->config(), 15, 5), 1);
      }
    }
}

TEST_CASE("thresholds by channel: event and stepped executors agree, for every neuron") {
  const auto dense = both_coordinates()[0];
  check_executors_agree(quantize_with(dense, settings()[0].options), random_tokens(dense->config(), 15, 5), 1);
}

TEST_CASE("thresholds by channel, three times finer: the synapses still are integers") {
  const QuantizedModel qann = quantize_with(both_coordinates()[0], settings()[1].options);
  ConversionOptions options{.timesteps = 3, .neuron = [](auto, LevelRange range) {
                              return NeuronModel(IntegerSpiking{{3 * range.low, 3 * range.high}, 3});
                            }};
  options.refinement = 3;
  const SpikingModel spiking = convert(qann, options);
  CHECK(!spiking.exact);
  check_integer_synapses(spiking);
}

TEST_CASE("without quantized activations awq is in the weights alone") {
  const auto dense = both_coordinates()[0];
  const QuantizedModel qann = quantize_with(
      dense, {.weight_bits = 3, .activation_bits = kBitsOff, .weights = WeightMethod::awq, .activation_range = {}});
  const WeightMatrix& up = qann.blocks[1].matrix(MatrixName::up);
  CHECK(up.input_scale.size() == up.integer->in());
  const SpikingModel spiking = convert_to(qann, 2, SourceSchedule::constant, all_neurons(2)[1]);
  check_equals_qann(qann, spiking, random_tokens(dense->config(), 15, 5), 1);
}

}  // namespace
}  // namespace snnsim::tests
