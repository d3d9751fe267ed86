#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "models/quantization/quantized_model.hpp"
#include "models/quantization/site_samples.hpp"

namespace snnsim::models {

inline constexpr int kBitsOff = 16;  // weights or activations left as they are

/// How weights become integers: the nearest level; with feedback of the errors on the calibration text (GPTQ); or the
/// nearest level once the columns of large inputs are scaled up (AWQ).
enum class WeightMethod { rtn, gptq, awq };

struct QuantizerOptions {
  int weight_bits = 8;      // 2..8, or kBitsOff
  int activation_bits = 8;  // 2..8, or kBitsOff
  WeightMethod weights = WeightMethod::rtn;
  std::size_t group = RoundingGrid::kWholeRow;  // input channels that share a weight scale; weight_bits below 8 then
  Granularity granularity = Granularity::per_head;
  StepRule step_rule{};
  /// How much of the outliers among its channels a site hands over to the weights that it feeds: channel_factors.hpp's
  /// alpha, 0..1; 0: none. Neither with per_channel nor with awq, which set the channels' steps themselves.
  float smoothing = 0;
  /// Optional sites: attention probabilities, with a quantizer for so many keys, 0: not a site; and the input of the LM
  /// head, whose channels share a step as those of the other sites do.
  std::size_t keys = 0;
  bool final_in = false;
  std::size_t prefix = 1;  // leading positions kept out of the ranges (and in full precision when the network runs)
  /// Range of the activation quantizer of a population; lets a neuron that reaches fewer levels have its own.
  std::function<LevelRange(std::string_view population)> activation_range;
};

/// Where blocks that are done are kept, so that the work goes on from them after an interruption, or is not done again.
struct BlockStore {
  std::function<std::optional<QuantizedBlock>(std::size_t k)> find;  // nullopt: not there
  /// Returns the same block, perhaps in other memory.
  std::function<QuantizedBlock(std::size_t k, QuantizedBlock block)> keep;
};

/// Quantizes a pretrained model without training: weights with a scale per output channel, rounded by `weights`, and
/// the activation steps of every site over the calibration sequences. Where the channels of a site have steps of their
/// own, these are folded into the integers of the weights that it feeds. Runs
/// block by block, so that only one block's activations are held. `progress` gets the share done (0..1). Every weight
/// is read and checked before it is used, but for those of blocks that `store` finds. They must be what this call would
/// make; the model is then the same, bit for bit, whichever are found. Throws DataError when nothing is left of the
/// calibration after the prefix, or weights or values are not finite.
QuantizedModel quantize(std::shared_ptr<const DenseModel> dense, const std::vector<std::vector<TokenId>>& calibration,
                        const QuantizerOptions& options, const std::function<void(double)>& progress = {},
                        const BlockStore& store = {});

}  // namespace snnsim::models
