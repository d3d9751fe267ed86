#pragma once

#include <filesystem>
#include <map>

#include "core/simulation/network_state.hpp"
#include "experiments/network/build_network.hpp"
#include "experiments/recording/tables.hpp"

namespace snnsim::experiments {

/// Writes the spikes that `record` asks for, in the layout of docs/recording.md; `position` is the trial. Datasets hold
/// the same on any number of threads and with both executors.
class SpikeRecorder final : public Probe {
 public:
  /// Throws DataError when the file cannot be made, as do the other functions when it cannot be written.
  SpikeRecorder(const NetworkDescription& network, const BuiltNetwork& built, std::filesystem::path file);

  void on_update(const PopulationUpdate& update) override;
  /// Gives the file its name, whole and on disk.
  void finish();

 private:
  std::filesystem::path path_;
  hdf5::Handle file_;
  const SpikingGraph& graph_;
  std::map<NodeId, SpikeTable> tables_;
};

}  // namespace snnsim::experiments
