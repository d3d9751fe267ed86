#pragma once

#include <vector>

#include "core/simulation/network_state.hpp"
#include "core/simulation/timetable.hpp"
#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// Keeps the drives of a few evenly spaced positions over all steps, to measure arrival unevenness afterwards: the mean
/// over neurons of max_t |X(t)/X - t/T| for the T steps from the population's start, X != 0 the drive received in the
/// end; method.md section 5.
class ArrivalProbe final : public Probe {
 public:
  static constexpr std::size_t kMostPositions = 16;

  ArrivalProbe(const SpikingGraph& graph, const TimeSettings& time, std::size_t first, std::size_t end);

  void on_update(const PopulationUpdate& update) override;
  void on_late(const PopulationUpdate& update) override { on_update(update); }
  /// Adds the population's sum and the number of instances looked at.
  void measure(NodeId population, PopulationTally& tally) const;

 private:
  struct History {
    std::vector<std::uint32_t> updated;  // last step written, counted from the population's start; 0: none
    Matrix<float> drive;                 // (watched position * (T + 1) + step - 1, width); step T + 1: anything later
  };
  void write(History& history, std::size_t watched, std::uint32_t step, const float* drive) const;

  Timetable timetable_;
  std::uint32_t timesteps_;
  std::vector<Position> watched_;   // ascending
  std::vector<History> histories_;  // per node; empty for nodes that are no populations
};

}  // namespace snnsim::experiments
