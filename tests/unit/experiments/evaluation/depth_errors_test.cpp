#include "experiments/evaluation/depth_errors.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "models/conversion/spiking_sequence.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::experiments {
namespace {

using models::Site;

/// A network of the small model, and its errors on one sequence.
struct SmallNetwork {
  std::uint32_t timesteps = 4;
  bool last_block_is_identity = false;
  bool exact = false;
  bool calibrated = false;

  std::vector<BlockErrors> measure() const {
    Pipeline pipeline;
    const auto dense = std::make_shared<const models::DenseModel>(checkpoint());
    pipeline.qann = tests::quantized(dense, 8, 4, 1);
    models::ConversionOptions options{
        .timesteps = timesteps, .neuron = [&](std::string_view, LevelRange range) {
          return exact ? NeuronModel(SigmaDelta{range}) : IntegerSpiking{range, static_cast<std::int32_t>(timesteps)};
        }};
    if (calibrated) {
      for (const models::QuantizedBlock& block : pipeline.qann.blocks) {
        models::BlockCalibration parameters = models::uncalibrated(block);
        for (auto& site : parameters) {
          for (float& threshold : site->threshold) threshold *= 1.1F;
          for (float& potential : site->initial_potential) potential = 0.4F;
        }
        pipeline.calibration.calibration.blocks.push_back(parameters);
      }
      options.calibration = &pipeline.calibration.calibration;
    }
    pipeline.spiking = models::convert(pipeline.qann, options);
    const auto executor = make_event_executor(pipeline.spiking.graph, {.timesteps = timesteps});
    const std::vector<models::TokenId> tokens = tests::random_tokens(dense->config(), 12, 5);
    models::DenseSequence reference(*dense);
    reference.append(std::span(tokens).first(1));
    models::SpikingSequence sequence(pipeline.spiking, *dense, *executor);
    sequence.append_prefix(reference, 1);
    sequence.append(std::span(tokens).subspan(1));
    return measure_depth(pipeline, tokens, 1, sequence.state());
  }

 private:
  std::shared_ptr<const models::Checkpoint> checkpoint() const {
    auto made = std::make_shared<models::Checkpoint>(*tests::random_checkpoint(3));
    if (!last_block_is_identity) return made;
    for (models::Tensor* tensor : {&made->blocks[1].output, &made->blocks[1].down}) {
      auto zeros = std::make_shared<std::vector<float>>(tensor->size());
      tensor->bytes = reinterpret_cast<const std::byte*>(zeros->data());
      made->storage.push_back(zeros);
    }
    return made;
  }
};

}  // namespace

TEST_CASE("the bound is never below the error of the residual stream") {
  for (const std::uint32_t timesteps : {1U, 2U, 5U})
    for (const bool calibrated : {false, true}) {
      CAPTURE(timesteps);
      CAPTURE(calibrated);
      const std::vector<BlockErrors> blocks = SmallNetwork{.timesteps = timesteps, .calibrated = calibrated}.measure();
      REQUIRE(blocks.size() == 2);
      CHECK(blocks[0].input_error == 0);
      CHECK(blocks[1].input_error == blocks[0].error);
      for (const DepthBound& depth : depth_bounds(blocks)) {
        CHECK(depth.error > 0);
        CHECK(depth.bound >= depth.error * (1 - 1e-6));
        CHECK(depth.bound < 20 * depth.error);
      }
    }
}

TEST_CASE("exact neurons add no unevenness, others do") {
  for (const BlockErrors& block : SmallNetwork{.exact = true}.measure()) CHECK(block.unevenness == 0);
  for (const BlockErrors& block : SmallNetwork{.exact = true, .calibrated = true}.measure())
    CHECK(block.unevenness == 0);
  for (const BlockErrors& block : SmallNetwork{}.measure()) CHECK(block.unevenness > 0);
}

TEST_CASE("a block that is the identity, a linear map of norm 1, passes errors on by a factor of 1 and adds nothing") {
  const std::vector<BlockErrors> blocks = SmallNetwork{.last_block_is_identity = true}.measure();
  CHECK(blocks[1].quantization == 0);
  CHECK(blocks[1].unevenness == 0);
  const std::vector<DepthBound> bounds = depth_bounds(blocks);
  CHECK(bounds[1].factor == 1);
  CHECK(bounds[1].bound == bounds[0].bound);
  CHECK(bounds[1].error == bounds[0].error);
}

TEST_CASE("the bound by hand: what comes in times the factor, and what the block adds") {
  const std::vector<DepthBound> bounds = depth_bounds(
      {{.dense = 100, .error = 4, .quantization = 1, .unevenness = 4},
       {.dense = 400, .error = 49, .input_error = 4, .passed_on = 16, .quantization = 9, .unevenness = 1}});
  CHECK(bounds[0].factor == 0);
  CHECK(bounds[0].bound == 0.3);
  CHECK(bounds[0].error == 0.2);
  CHECK(bounds[1].factor == 2);
  CHECK(bounds[1].bound == 0.5);  // (2 · 3 + 3 + 1) / 20
  CHECK(bounds[1].error == 0.35);
}

TEST_CASE("block errors add up over segments") {
  std::vector<BlockErrors> sum;
  add_sums(sum, {{1, 2, 3, 4, 5, 6}});
  add_sums(sum, {{10, 20, 30, 40, 50, 60}, {7, 7, 7, 7, 7, 7}});
  CHECK(sum == std::vector<BlockErrors>{{11, 22, 33, 44, 55, 66}, {7, 7, 7, 7, 7, 7}});
}

}  // namespace snnsim::experiments
