#pragma once

#include <vector>

#include "core/simulation/network_state.hpp"
#include "core/simulation/timetable.hpp"
#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// The steps, counted from a population's start, at which arrival is looked at: all T, or 64 evenly spaced ones.
std::vector<std::uint32_t> arrival_steps(std::uint32_t timesteps);

/// Watches when the current of each population arrives: keeps the drives of a few evenly spaced positions at
/// arrival_steps() and in the end, what they have emitted by then, and the ticks of the first and the last spike.
/// Measures method.md section 5.
class ArrivalProbe final : public Probe {
 public:
  static constexpr std::size_t kMostPositions = 16;

  ArrivalProbe(const SpikingGraph& graph, const TimeSettings& time, std::size_t first, std::size_t end);

  void on_update(const PopulationUpdate& update) override;
  void on_late(const PopulationUpdate& update) override { keep(update); }
  /// Adds what is known of the arrival at a population.
  void measure(NodeId population, PopulationTally& tally) const;
  /// Adds the errors after each step; dense: x at the site (positions × width).
  void measure_errors(NodeId population, const Matrix<float>& dense, PopulationTally& tally) const;

 private:
  struct History {
    std::vector<std::size_t> kept;  // rows written of each watched position; 0: none
    Matrix<float> drive;            // (watched position * (points + 1) + point, width); the last row: anything later
    Matrix<std::int32_t> emitted;   // the same, Σ s
    Matrix<std::int32_t> so_far;    // Σ s of each watched position, now (watched × width)
    Tick first_spike = 0, last_spike = 0;  // 0: none
  };
  void keep(const PopulationUpdate& update);
  void keep_ticks(const PopulationUpdate& update);
  void count_spikes(const PopulationUpdate& update);
  /// The row that a step is kept in: of the first point that is not before it.
  std::size_t row_of(std::uint32_t step) const;
  void write(History& history, std::size_t watched, std::size_t row, const float* drive) const;
  /// Rows of one watched position in History::drive and emitted.
  std::size_t rows() const { return points_.size() + 1; }
  PopulationTally measured(NodeId population, std::size_t watched) const;

  const SpikingGraph& graph_;
  Timetable timetable_;
  std::vector<std::uint32_t> points_;  // steps
  std::vector<Position> watched_;      // ascending
  std::vector<History> histories_;     // per node; empty for nodes that are no populations
};

}  // namespace snnsim::experiments
