#pragma once

#include <vector>

#include "core/simulation/network_state.hpp"
#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// Keeps the drives of a few evenly spaced positions over all steps, to measure arrival unevenness afterwards: the mean
/// over neurons of max_t |X(t)/X(T) - t/T| (X(T) != 0), method.md section 5.
class ArrivalProbe final : public Probe {
 public:
  static constexpr std::size_t kMostPositions = 16;

  ArrivalProbe(const SpikingGraph& graph, std::uint32_t timesteps, std::size_t first, std::size_t end);

  void on_update(const PopulationUpdate& update) override;
  /// Adds the population's sum and the number of instances looked at.
  void measure(NodeId population, PopulationTally& tally) const;

 private:
  struct History {
    std::vector<Tick> updated;  // last tick written
    Matrix<float> drive;        // (watched position * T + tick - 1, width)
  };
  void write(History& history, std::size_t watched, Tick tick, const float* drive) const;

  std::uint32_t timesteps_;
  std::vector<Position> watched_;   // ascending
  std::vector<History> histories_;  // per node; empty for nodes that are no populations
};

}  // namespace snnsim::experiments
