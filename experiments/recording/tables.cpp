#include "experiments/recording/tables.hpp"

namespace snnsim::experiments {

namespace {

using hdf5::Column;

/// SONATA has milliseconds here; a tick has no duration of its own.
Column timestamps(hid_t group) {
  Column column = Column::create(group, "timestamps", hdf5::type_of(double{}));
  const hdf5::Handle dataset(H5Dopen2(group, "timestamps", H5P_DEFAULT), H5Dclose);
  hdf5::put_attribute(dataset.id(), "units", std::string("tick"));
  return column;
}

}  // namespace

PlaceColumns::PlaceColumns(hid_t group)
    : timestamps_(timestamps(group)),
      segment_(Column::create(group, "segment", hdf5::type_of(std::uint32_t{}))),
      position_(Column::create(group, "position", hdf5::type_of(std::uint32_t{}))) {}

void PlaceColumns::add(const UpdatePlace& place, std::size_t rows) {
  timestamps_.fill(static_cast<double>(place.tick), rows);
  segment_.fill(place.segment, rows);
  position_.fill(place.position, rows);
}

void PlaceColumns::finish() {
  timestamps_.finish();
  segment_.finish();
  position_.finish();
}

SpikeTable::SpikeTable(hid_t group)
    : places_(group),
      node_ids_(Column::create(group, "node_ids", hdf5::type_of(std::uint64_t{}))),
      counts_(Column::create(group, "counts", hdf5::type_of(std::int16_t{}))) {
  hdf5::put_sorting(group);
}

void SpikeTable::add(const UpdatePlace& place, std::span<const std::int16_t> spikes) {
  nodes_.clear();
  emitted_.clear();
  for (std::size_t neuron = 0; neuron < spikes.size(); ++neuron) {
    if (spikes[neuron] == 0) continue;
    nodes_.push_back(neuron);
    emitted_.push_back(spikes[neuron]);
  }
  places_.add(place, nodes_.size());
  node_ids_.append(std::span<const std::uint64_t>(nodes_));
  counts_.append(std::span<const std::int16_t>(emitted_));
}

void SpikeTable::finish() {
  places_.finish();
  node_ids_.finish();
  counts_.finish();
}

ValueTable::ValueTable(hid_t group, std::size_t width)
    : places_(group), values_(Column::create(group, "values", hdf5::type_of(float{}), width)) {}

void ValueTable::add(const UpdatePlace& place, std::span<const float> values) {
  places_.add(place, 1);
  values_.append(values);
}

void ValueTable::finish() {
  places_.finish();
  values_.finish();
}

}  // namespace snnsim::experiments
