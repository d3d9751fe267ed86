#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/quantization/quantized_model.hpp"

namespace snnsim::models {

/// How the steps of quantizers are fine-tuned.
struct StepTuning {
  std::size_t epochs = 4;       // over all sequences, for each block
  double learning_rate = 1e-3;  // of ln λ, at the start
  std::size_t prefix = 1;       // leading positions in full precision
  std::uint64_t seed = 1;       // of the order of sequences
};

/// Fine-tunes the steps of a quantized model block after block (learned step sizes, LSQ, Esser et al., arXiv
/// 1902.08153, with each block's own output as target): what a block makes of the quantized blocks before it comes
/// closer to what the dense block makes of dense inputs. All steps of a site, or of a head of q, k and v, take one
/// factor, so weights into which steps are folded stay as they are. This is the calibration of a spiking network of one
/// step, whose neurons are the quantizers: gradients, optimizer and the rule that a block never gets worse are the same
/// (calibrator.hpp). `tuned` is told of each block and its relative error before and after.
void tune_steps(QuantizedModel& model, const std::vector<std::vector<TokenId>>& sequences, const StepTuning& tuning,
                const std::function<void(std::size_t block, double before, double after)>& tuned = {});

}  // namespace snnsim::models
