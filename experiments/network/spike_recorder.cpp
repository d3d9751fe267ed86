#include "experiments/network/spike_recorder.hpp"

#include "experiments/files.hpp"
#include "experiments/glob.hpp"
#include "experiments/recording/file_header.hpp"

namespace snnsim::experiments {

SpikeRecorder::SpikeRecorder(const NetworkDescription& network, const BuiltNetwork& built, std::filesystem::path file)
    : path_(std::move(file)), file_(hdf5::create_file(partial_of(path_))), graph_(built.graph) {
  put_file_header(file_.id(), network.name, static_cast<std::uint32_t>(network.timesteps), network.ticks_per_step);
  const hdf5::Handle spikes = hdf5::create_group(file_.id(), "spikes");
  for (const NodeId id : built.graph.populations()) {
    const std::string& name = built.graph.population(id).name;
    if (!glob_match_any(network.record.spikes, name)) continue;
    tables_.emplace(id, SpikeTable(hdf5::create_group(spikes.id(), name).id()));
  }
}

void SpikeRecorder::on_update(const PopulationUpdate& update) {
  const auto table = tables_.find(update.population);
  if (table == tables_.end()) return;
  for (const Position trial : update.rows)
    table->second.add({update.tick, 0, trial}, {update.spikes.row(trial), graph_.width(update.population)});
}

void SpikeRecorder::finish() {
  for (auto& [id, table] : tables_) table.finish();
  tables_.clear();  // a file is closed with its last dataset
  hdf5::close_file(std::move(file_));
  finish_file(path_);
}

}  // namespace snnsim::experiments
