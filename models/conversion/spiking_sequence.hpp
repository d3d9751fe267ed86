#pragma once

#include <memory>
#include <span>

#include "models/conversion/converter.hpp"

namespace snnsim::models {

/// One sequence in a converted model: positions are appended, simulated to the horizon, and stay settled.
class SpikingSequence {
 public:
  /// dense: that of the quantized model.
  SpikingSequence(const SpikingModel& spiking, const DenseModel& dense, const Executor& executor);

  /// Takes positions 0..prefix-1 over from the dense model, the stored or the rotated one: only their keys and values
  /// matter to later positions.
  void append_prefix(const DenseSequence& sequence, std::size_t prefix);
  /// Simulates the tokens as the next positions, all at once. Timing is the latest over all calls.
  void append(std::span<const TokenId> tokens, Probe* probe = nullptr);

  const NetworkState& state() const { return state_; }
  /// The final RMSNorm (positions × hidden), by the model's read-out. LM heads are linear: the mean of its late states
  /// gives the mean of their logits.
  const Matrix<float>& normalised() const {
    return spiking_.readout.steps > 1 ? late_mean_ : state_.value(spiking_.graph.output());
  }
  const SimulationTiming& timing() const { return timing_; }

 private:
  const SpikingModel& spiking_;
  const DenseModel& dense_;
  const Executor& executor_;
  NetworkState state_;
  SimulationTiming timing_;
  Matrix<float> late_mean_;  // of the states that are averaged, if more than one is
};

}  // namespace snnsim::models
