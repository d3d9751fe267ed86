#include "experiments/recording/segment_recorder.hpp"

#include <fmt/format.h>

#include "experiments/files.hpp"
#include "experiments/glob.hpp"
#include "experiments/recording/file_header.hpp"

namespace snnsim::experiments {

namespace {

hdf5::Handle table(hid_t root, const char* kind, const Population& population) {
  return hdf5::create_group(root, fmt::format("{}/{}", kind, population.name));
}

hdf5::Handle new_file(const std::filesystem::path& path) {
  std::error_code ignored;  // whoever makes the file finds out
  std::filesystem::create_directories(path.parent_path(), ignored);
  return hdf5::create_file(path);
}

}  // namespace

SegmentRecorder::SegmentRecorder(const SpikingGraph& graph, const Experiment& experiment,
                                 const RecordedSegment& segment, std::filesystem::path file)
    : graph_(graph),
      timesteps_(static_cast<double>(experiment.conversion.timesteps)),
      segment_(segment.index),
      path_(std::move(file)),
      file_(new_file(partial_of(path_))),
      tables_(graph.size()) {
  describe(experiment, segment);
  for (const char* kind : {"spikes", "drives", "potentials", "populations"}) hdf5::create_group(file_.id(), kind);
  for (const NodeId id : graph.populations()) {
    Tables& tables = tables_[id];
    open_tables(experiment.record, graph.population(id), tables);
    if (tables.spikes || tables.drives || tables.potentials) describe(graph.population(id));
  }
}

void SegmentRecorder::open_tables(const RecordSection& record, const Population& population, Tables& tables) const {
  const hid_t root = file_.id();
  if (glob_match_any(record.spikes, population.name)) tables.spikes.emplace(table(root, "spikes", population).id());
  if (glob_match_any(record.drives, population.name))
    tables.drives.emplace(table(root, "drives", population).id(), population.width());
  if (!glob_match_any(record.potentials, population.name)) return;
  tables.potentials.emplace(table(root, "potentials", population).id(), population.width());
  tables.emitted = Matrix<std::int32_t>(0, population.width());
}

void SegmentRecorder::describe(const Experiment& experiment, const RecordedSegment& segment) const {
  const hid_t root = file_.id();
  put_file_header(root, segment.run, static_cast<std::uint32_t>(experiment.conversion.timesteps),
                  static_cast<std::uint32_t>(experiment.simulation.ticks_per_step));
  const hdf5::Handle segments = hdf5::create_group(root, "segments");
  put_column<std::uint32_t>(segments.id(), "text", {&segment.text, 1});
  put_column<std::uint32_t>(segments.id(), "segment", {&segment.segment, 1});
  put_column<std::uint32_t>(segments.id(), "first_position", {&segment.first, 1});
  put_column<std::uint32_t>(segments.id(), "positions", {&segment.positions, 1});
}

void SegmentRecorder::describe(const Population& population) const {
  const hdf5::Handle group = table(file_.id(), "populations", population);
  hdf5::put_attribute(group.id(), "neuron", std::string(name(population.neuron)));
  hdf5::put_attribute(group.id(), "neurons", static_cast<std::uint32_t>(population.width()));
  hdf5::put_attribute(group.id(), "offset", offset(population.neuron) / timesteps_);
  put_column<float>(group.id(), "threshold", population.threshold);
  put_column<float>(group.id(), "initial_potential", population.initial_potential);
  if (!population.step_potential.empty()) put_column<float>(group.id(), "step_potential", population.step_potential);
}

void SegmentRecorder::on_update(const PopulationUpdate& update) {
  Tables& tables = tables_[update.population];
  const Population& population = graph_.population(update.population);
  for (const Position row : update.rows) {
    const UpdatePlace at = place(update, row);
    if (tables.spikes) tables.spikes->add(at, {update.spikes.row(row), population.width()});
    if (tables.drives) tables.drives->add(at, {update.drive.row(row), population.width()});
    if (tables.potentials) add_potential(update, population, row, tables);
  }
}

void SegmentRecorder::on_late(const PopulationUpdate& update) {
  Tables& tables = tables_[update.population];
  if (!tables.drives) return;
  const std::size_t width = graph_.population(update.population).width();
  for (const Position row : update.rows) tables.drives->add(place(update, row), {update.drive.row(row), width});
}

/// v(t)/θ = X(t)/θ + v(0)/θ + α t + Σ δ - Σ s: method.md section 2.
void SegmentRecorder::add_potential(const PopulationUpdate& update, const Population& population, Position row,
                                    Tables& tables) const {
  if (tables.steps.size() < update.drive.rows()) {
    tables.steps.resize(update.drive.rows(), 0);
    tables.emitted.resize_rows(update.drive.rows());
  }
  const double offsets = offset(population.neuron) * (++tables.steps[row] / timesteps_);
  const float added = population.added_potential(tables.steps[row]);
  std::vector<float> potential(population.width());
  for (std::size_t j = 0; j < potential.size(); ++j) {
    const std::int32_t emitted = tables.emitted.row(row)[j] += update.spikes.row(row)[j];
    const float level = update.drive.row(row)[j] / population.threshold[j] + (population.initial_potential[j] + added);
    potential[j] = static_cast<float>(static_cast<double>(level) + offsets - emitted);
  }
  tables.potentials->add(place(update, row), potential);
}

void SegmentRecorder::finish() {
  for (Tables& tables : tables_) {
    if (tables.spikes) tables.spikes->finish();
    if (tables.drives) tables.drives->finish();
    if (tables.potentials) tables.potentials->finish();
  }
  tables_.clear();  // a file is closed with its last dataset
  hdf5::close_file(std::move(file_));
  finish_file(path_);
}

}  // namespace snnsim::experiments
