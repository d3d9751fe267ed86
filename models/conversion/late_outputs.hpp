#pragma once

#include <cstdint>
#include <deque>

#include "core/simulation/network_state.hpp"

namespace snnsim::models {

/// Which states of a network are its output: the mean of those after its last `steps` >= 1 steps.
struct Readout {
  std::uint32_t steps = 1;  // 1: the last state
  std::uint32_t ticks_per_step = 1;
};

/// Keeps what a network shows at its output over the last steps of a run, for their mean. Between updates of the output
/// a step shows what the one before it did.
class LateOutputs final : public Probe {
 public:
  explicit LateOutputs(const Readout& readout) : readout_(readout) {}

  void on_update(const PopulationUpdate&) override {}
  void on_output(Tick tick, const Matrix<float>& value) override;

  /// Writes the mean of rows [first, value.rows()) of the states after each of the last steps, the last of all being
  /// that of tick `horizon`, or of a later one at which the output was updated, to those of `mean` (as many rows ×
  /// width). Before the first update the output is zero.
  void mean(Tick horizon, Position first, Matrix<float>& mean) const;

 private:
  struct Shown {
    Tick step = 0;
    Matrix<float> value;
  };
  const Matrix<float>* shown_after(Tick step) const;

  Readout readout_;
  std::deque<Shown> shown_;  // at most one more than steps are averaged, ascending
};

}  // namespace snnsim::models
