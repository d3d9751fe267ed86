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

/// The sites of a block in the order in which spikes pass them; those of one stage do not depend on each other.
inline const std::vector<std::vector<Site>> kStages{
    {Site::attn_in}, {Site::q, Site::k, Site::v}, {Site::attn_out}, {Site::mlp_in}, {Site::mlp_mid}};

/// The neurons of the populations of a block.
using BlockNeurons = PerSite<NeuronModel>;

/// How many steps each population of a block starts after its inputs (Population::phase).
using BlockPhases = PerSite<std::uint32_t>;
/// By how many steps a block starts to put out later than it starts to receive.
std::uint32_t lag(const BlockPhases& phases);

/// One decoder block of the spiking network by itself, under the `stepped` schedule: the same neurons, products and
/// operators in the same order as in the SpikingGraph, so the same bits. Steps are counted from when its input starts.
class SpikingBlock {
 public:
  /// block: of the stored or rotated model; all references must outlive this. T = timesteps >= 1. phases: of the
  /// populations whose calibration has none.
  SpikingBlock(const BlockConstants& constants, const QuantizedBlock& block, const BlockNeurons& neurons,
               std::uint32_t timesteps, const BlockPhases& phases = {});

  std::uint32_t timesteps() const { return timesteps_; }
  /// How long the populations of the calibrated block wait.
  BlockPhases phases(const BlockCalibration& calibration) const;

  /// What a population emitted after its last step, as value (positions × width), and X(T).
  using Observer = std::function<void(Site, const Matrix<float>& drive, const Matrix<float>& value)>;
  /// Takes the stream of a sequence through the block, in place: from its T steps to those of the output, which come
  /// lag(phases(calibration)) later. prefix: keys and values of the leading positions that stay in full precision;
  /// their rows are left alone. `records` gets all of these steps, for the rows behind the prefix.
  void run(const BlockCalibration& calibration, const KvCache& prefix, SteppedStream& stream,
           const Observer& observer = {}, std::vector<StepRecord<float>>* records = nullptr) const;

 private:
  const BlockConstants& constants_;
  const QuantizedBlock& block_;
  const BlockNeurons& neurons_;
  std::uint32_t timesteps_;
  BlockPhases phases_;
};

}  // namespace snnsim::models
