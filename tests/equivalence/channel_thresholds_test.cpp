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
  return {{"per channel", {.weight_bits = 8, .activation_bits = 4, .granularity = Granularity::per_channel}},
          {"per channel, gptq",
           {.weight_bits = 4,
            .activation_bits = 6,
            .weights = WeightMethod::gptq,
            .granularity = Granularity::per_channel}},
          {"per tensor", {.weight_bits = 6, .activation_bits = 6, .granularity = Granularity::per_tensor}},
          {"smoothed", {.weight_bits = 8, .activation_bits = 8, .smoothing = 0.5F}},
          {"smoothed, gptq in groups",
           {.weight_bits = 3, .activation_bits = 4, .weights = WeightMethod::gptq, .group = 32, .smoothing = 0.7F}},
          {"awq", {.weight_bits = 3, .activation_bits = 6, .weights = WeightMethod::awq}},
          {"groups", {.weight_bits = 4, .activation_bits = 4, .group = 32}},
          {"percentile", {.weight_bits = 4, .activation_bits = 4, .step_rule = {.percentile = 99}}}};
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
  const QuantizedModel qann =
      quantize_with(dense, {.weight_bits = 3, .activation_bits = kBitsOff, .weights = WeightMethod::awq});
  const WeightMatrix& up = qann.blocks[1].matrix(MatrixName::up);
  CHECK(up.input_scale.size() == up.integer->in());
  const SpikingModel spiking = convert_to(qann, 2, SourceSchedule::constant, all_neurons(2)[1]);
  check_equals_qann(qann, spiking, random_tokens(dense->config(), 15, 5), 1);
}

}  // namespace
}  // namespace snnsim::tests
