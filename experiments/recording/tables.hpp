#pragma once

#include <cstdint>
#include <span>

#include "experiments/recording/column.hpp"

namespace snnsim::experiments {

/// When and where a row of a population was updated.
struct UpdatePlace {
  std::uint64_t tick = 0;
  std::uint32_t segment = 0;   // row of /segments
  std::uint32_t position = 0;  // in the segment
};

/// The datasets that every table has: timestamps (SONATA's, in ticks), segment and position.
class PlaceColumns {
 public:
  explicit PlaceColumns(hid_t group);
  void add(const UpdatePlace& place, std::size_t rows);
  void finish();

 private:
  hdf5::ColumnWriter timestamps_, segment_, position_;
};

/// The group /spikes/<population>: a row per nonzero spike, with SONATA's node_ids and our counts.
class SpikeTable {
 public:
  /// In an empty group.
  explicit SpikeTable(hid_t group);

  /// The nonzero ones of the spikes of a token position, by neuron.
  void add(const UpdatePlace& place, std::span<const std::int16_t> spikes);
  /// Writes what is held back; last of all calls.
  void finish();

 private:
  PlaceColumns places_;
  hdf5::ColumnWriter node_ids_, counts_;
  std::vector<std::uint64_t> nodes_;  // of one call
  std::vector<std::int16_t> emitted_;
};

/// The group /drives/<population> or /potentials/<population>: a row of `values` per update of a token position.
class ValueTable {
 public:
  ValueTable(hid_t group, std::size_t width);

  void add(const UpdatePlace& place, std::span<const float> values);
  void finish();

 private:
  PlaceColumns places_;
  hdf5::ColumnWriter values_;
};

/// A dataset of one number per row, whole.
template <typename T>
void put_column(hid_t group, const char* name, std::span<const T> values) {
  hdf5::ColumnWriter column(hdf5::Column::create(group, name, hdf5::type_of(T{})));
  column.append(values);
  column.finish();
}

}  // namespace snnsim::experiments
