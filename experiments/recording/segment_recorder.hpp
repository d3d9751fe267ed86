#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/simulation/network_state.hpp"
#include "experiments/experiment.hpp"
#include "experiments/recording/tables.hpp"

namespace snnsim::experiments {

/// Which segment of a run is recorded.
struct RecordedSegment {
  std::string run{};            // <name>-<hash>
  std::uint32_t index = 0;      // among all segments of the run
  std::uint32_t text = 0;       // index into evaluation.perplexity
  std::uint32_t segment = 0;    // index within that text
  std::uint32_t first = 0;      // first position that is simulated
  std::uint32_t positions = 0;  // of the segment
};

/// Writes what the populations that `record` names do during one segment to a file of its own, laid out as
/// docs/recording.md says. Memory is bounded: less than 64 KiB per dataset (or one row), and the emitted counts where
/// potentials are recorded. What is written depends on the simulation only, not on threads or executors.
class SegmentRecorder final : public Probe {
 public:
  /// Throws DataError when the file cannot be made, as do the other functions when it cannot be written.
  SegmentRecorder(const SpikingGraph& graph, const Experiment& experiment, const RecordedSegment& segment,
                  std::filesystem::path file);

  void on_update(const PopulationUpdate& update) override;
  void on_late(const PopulationUpdate& update) override;
  /// Gives the file its name, whole and on disk.
  void finish();

 private:
  /// Of one population.
  struct Tables {
    std::optional<SpikeTable> spikes;
    std::optional<ValueTable> drives, potentials;
    Matrix<std::int32_t> emitted;      // Σ s of each token position, where potentials are recorded
    std::vector<std::uint32_t> steps;  // updates of each token position
  };

  void describe(const Experiment& experiment, const RecordedSegment& segment) const;
  void describe(const Population& population) const;
  void open_tables(const RecordSection& record, const Population& population, Tables& tables) const;
  void add_potential(const PopulationUpdate& update, const Population& population, Position row, Tables& tables) const;
  UpdatePlace place(const PopulationUpdate& update, Position row) const { return {update.tick, segment_, row}; }

  const SpikingGraph& graph_;
  double timesteps_;
  std::uint32_t segment_;
  std::filesystem::path path_;
  hdf5::Handle file_;
  std::vector<Tables> tables_;  // per node; empty for those that are not recorded
};

}  // namespace snnsim::experiments
