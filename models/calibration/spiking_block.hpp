#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/neuron_model.hpp"
#include "models/calibration/calibration.hpp"
#include "models/calibration/step_record.hpp"
#include "models/llama/dense_model.hpp"

namespace snnsim::models {

/// The residual stream of one sequence between two blocks: cumulative, after each of T steps (T of positions × hidden).
/// Rows of the prefix mean nothing.
using SteppedStream = std::vector<Matrix<float>>;

/// The neurons of the populations of a block.
using BlockNeurons = PerSite<NeuronModel>;

/// One decoder block of the spiking network by itself, under the `stepped` schedule: the same neurons, products and
/// operators in the same order as in the SpikingGraph, so the same bits.
class SpikingBlock {
 public:
  /// block: of the stored or rotated model; all references must outlive this. T = timesteps >= 1.
  SpikingBlock(const BlockConstants& constants, const QuantizedBlock& block, const BlockNeurons& neurons,
               std::uint32_t timesteps);

  /// What a population emitted after its last step, as value (positions × width), and X(T).
  using Observer = std::function<void(Site, const Matrix<float>& drive, const Matrix<float>& value)>;
  /// Takes the stream of a sequence through the block, in place. prefix: keys and values of the leading positions that
  /// stay in full precision; their rows are left alone. `records` gets every step, for the rows behind the prefix.
  void run(const BlockCalibration& calibration, const KvCache& prefix, SteppedStream& stream,
           const Observer& observer = {}, std::vector<StepRecord<float>>* records = nullptr) const;

 private:
  const BlockConstants& constants_;
  const QuantizedBlock& block_;
  const BlockNeurons& neurons_;
  std::uint32_t timesteps_;
};

}  // namespace snnsim::models
