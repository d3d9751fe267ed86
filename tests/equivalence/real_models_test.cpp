// The equalities of snn_equals_qann_test.cpp on trained models: the bundled one, and the assets where they are.
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>
#include <oneapi/tbb/global_control.h>

#include "models/quantization/quantizer.hpp"
#include "models/quantization/threshold_search.hpp"
#include "tests/equivalence/runs.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::tests {
namespace {

using namespace snnsim::models;

/// Where a trained model is, and its first tokens of a text.
struct RealModel {
  std::filesystem::path checkpoint, tokenizer;
  std::size_t tokens;
};

RealModel bundled(std::size_t tokens) {
  return {bundled_model(), bundled_model(), tokens};
}
RealModel asset(const char* weights, const char* tokenizer) {
  return {assets() / "weights" / weights, assets() / "tokenizers" / tokenizer, 24};
}

std::string bundled_text(const char* file) {
  std::ifstream in(source_dir() / "bundled" / "text" / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A trained model quantized to 8-bit weights and 6-bit activations, with BOS kept out.
class Quantized {
 public:
  explicit Quantized(const RealModel& model)
      : dense(
            std::make_shared<const DenseModel>(std::make_shared<const Checkpoint>(open_checkpoint(model.checkpoint)))) {
    const auto tokenizer = open_tokenizer(model.tokenizer, dense->config().vocabulary_size);
    const auto first_tokens = [&](const char* file, std::size_t count) {
      std::vector<TokenId> ids = tokenizer->encode(bundled_text(file).substr(0, 1000), true);
      REQUIRE(ids.size() >= count);
      ids.resize(count);
      return ids;
    };
    tokens = first_tokens("heldout.txt", model.tokens);
    qann = quantize(dense, {first_tokens("calibration.txt", 64)},
                    {.weight_bits = 8, .activation_bits = 6, .prefix = 1, .activation_range = [](auto) {
                       return signed_range(6);
                     }});
  }

  std::shared_ptr<const DenseModel> dense;
  std::vector<TokenId> tokens;
  QuantizedModel qann;
};

void check_executors_agree(const Quantized& model, const SpikingModel& spiking) {
  const std::uint32_t timesteps = spiking.timesteps;
  CAPTURE(timesteps);
  CAPTURE(name(spiking.graph.population(spiking.graph.populations()[0]).neuron));
  const Run stepped =
      simulate(spiking, *model.dense, *make_stepped_executor(spiking.graph, TimeSettings{.timesteps = timesteps}),
               model.tokens, 1);
  CHECK(stepped == simulate(spiking, *model.dense,
                            *make_queue_executor(spiking.graph, TimeSettings{.timesteps = timesteps}), model.tokens,
                            1));
  for (const std::size_t threads : {1, 2, 7}) {
    CAPTURE(threads);
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    CHECK(stepped == simulate(spiking, *model.dense,
                              *make_event_executor(spiking.graph, TimeSettings{.timesteps = timesteps}), model.tokens,
                              1));
  }
}

void check_sigma_delta_is_the_qann(const Quantized& model, std::initializer_list<std::uint32_t> all_timesteps) {
  for (const std::uint32_t timesteps : all_timesteps) {
    CAPTURE(timesteps);
    const SpikingModel spiking = convert_to(model.qann, timesteps, SourceSchedule::constant,
                                            [](LevelRange range) { return NeuronModel(SigmaDelta{range}); });
    CHECK(spiking.exact);
    check_equals_qann(model.qann, spiking, model.tokens, 1);
    check_equals_qann(model.qann, spiking, model.tokens, 1, true);
  }
}

void check_executors_agree(const Quantized& model, std::initializer_list<std::int32_t> all_timesteps) {
  for (const std::int32_t timesteps : all_timesteps)
    for (const auto& neuron : all_neurons(timesteps))
      check_executors_agree(
          model, convert_to(model.qann, static_cast<std::uint32_t>(timesteps), SourceSchedule::constant, neuron));
}

/// Spikes that are delayed and jittered by up to four ticks, of which a step has four.
void check_timed(const Quantized& model) {
  constexpr std::uint32_t timesteps = 4;
  const auto different = [&](const NeuronModel& neuron, Horizon horizon) {
    const SpikingModel spiking = convert(model.qann, {.timesteps = timesteps,
                                                      .neuron = [&](auto, LevelRange) { return neuron; },
                                                      .phase = [](auto) -> std::optional<std::uint32_t> { return 0; },
                                                      .input = [](auto) { return InputPattern{.spread = true}; },
                                                      .axon = {1, 4}});
    const auto executor = make_event_executor(
        spiking.graph, {.timesteps = timesteps, .ticks_per_step = 4, .seed = 7, .horizon = horizon});
    const auto run = [&] { return simulate(spiking, *model.dense, *executor, model.tokens, 1); };
    const Run two_threads = run();
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 1);
    CHECK(run() == two_threads);
    return count_different(model.qann, two_threads, model.tokens, 1);
  };
  const LevelRange range = signed_range(6);
  CHECK(different(SigmaDelta{range}, {}) == 0);
  CHECK(different(StBif{range, 1, timesteps, 1}, {Horizon::Kind::quiescence}) == 0);
  CHECK(different(IntegerSpiking{range, timesteps}, {}) > 0);
}

void check_everything(const RealModel& real) {
  const Quantized model(real);
  check_executors_agree(model, {1, 2, 4, 8, 16, 32});
  check_sigma_delta_is_the_qann(model, {1, 2, 4, 8, 16, 32});
  check_timed(model);
}

}  // namespace

TEST_CASE("stories3m: executors agree for every neuron, sigma-delta equals the QANN") {
  const Quantized model(bundled(8));
  check_executors_agree(model, {4});
  check_sigma_delta_is_the_qann(model, {4});
}

TEST_CASE("stories3m: the same for every T" * doctest::test_suite("slow")) {
  check_everything(bundled(32));
}

TEST_CASE("stories260K: the same for every T" * doctest::test_suite("slow")) {
  if (!have_assets()) return;
  check_everything(asset("stories260K.bin", "tok512.bin"));
}

TEST_CASE("stories15M: the same for every T" * doctest::test_suite("slow")) {
  if (!have_assets()) return;
  check_everything(asset("stories15M.bin", "tokenizer32k.bin"));
}

}  // namespace snnsim::tests
