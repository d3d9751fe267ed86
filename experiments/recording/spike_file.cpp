#include "experiments/recording/spike_file.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/recording/column.hpp"

namespace snnsim::experiments {

namespace {

using hdf5::Column;
using hdf5::Elements;

constexpr std::uint64_t kBlockRows = std::uint64_t{1} << 16U;
constexpr double kMostCount = 4294967295.0;

[[noreturn]] void unfit(const std::string& path, const std::string& why) {
  throw DataError(fmt::format("{}: {}", path, why),
                  "give a spike file in SONATA's layout: /spikes/<population>/timestamps and node_ids");
}

std::uint64_t count_attribute(hid_t object, const char* name) {
  const std::vector<double> values = hdf5::number_attribute(object, name);
  return values.size() == 1 && values[0] >= 0 && values[0] <= kMostCount ? static_cast<std::uint64_t>(values[0]) : 0;
}

std::string units_of(hid_t group) {
  const hdf5::Handle dataset(H5Dopen2(group, "timestamps", H5P_DEFAULT), H5Dclose);
  const std::string units = hdf5::text_attribute(dataset.id(), "units");
  return units.empty() ? "ms" : units;
}

/// The datasets of a population, of one length.
struct Columns {
  Column timestamps, node_ids;
  std::vector<Column> places;  // segment and position, or none
  std::vector<Column> counts;  // one, or none

  Columns(hid_t group, const std::string& path)
      : timestamps(Column::open(group, "timestamps", Elements::numbers)),
        node_ids(Column::open(group, "node_ids", Elements::integers)) {
    if (hdf5::has(group, "segment") && hdf5::has(group, "position"))
      for (const char* name : {"segment", "position"}) places.push_back(Column::open(group, name, Elements::integers));
    if (hdf5::has(group, "counts")) counts.push_back(Column::open(group, "counts", Elements::integers));
    const auto fits = [&](const Column& column) { return column.width() == 0 && column.rows() == timestamps.rows(); };
    if (!fits(timestamps) || !fits(node_ids) || !std::ranges::all_of(places, fits) ||
        !std::ranges::all_of(counts, fits))
      unfit(path, "a population whose datasets differ in length");
  }
};

hdf5::Handle group_of(const hdf5::Handle& file, const char* kind, const std::string& population) {
  return hdf5::open_group(file.id(), fmt::format("{}/{}", kind, population));
}

}  // namespace

SpikeFile::SpikeFile(const std::filesystem::path& path) : path_(path.string()), file_(hdf5::open_file(path)) {
  if (!hdf5::has(file_.id(), "spikes")) unfit(path_, "an HDF5 file without a group /spikes");
  run_ = hdf5::text_attribute(file_.id(), "run");
  timesteps_ = count_attribute(file_.id(), "timesteps");
  for (const std::string& name : hdf5::names_in(hdf5::open_group(file_.id(), "spikes").id())) {
    const hdf5::Handle group = group_of(file_, "spikes", name);
    const Columns columns(group.id(), path_);
    const bool described =
        hdf5::has(file_.id(), "populations") && hdf5::has(hdf5::open_group(file_.id(), "populations").id(), name);
    populations_.push_back(
        {.name = name,
         .units = units_of(group.id()),
         .spikes = columns.timestamps.rows(),
         .neurons = described ? count_attribute(group_of(file_, "populations", name).id(), "neurons") : 0,
         .placed = !columns.places.empty()});
  }
  if (hdf5::has(file_.id(), "segments")) read_segments();
}

void SpikeFile::read_segments() {
  const hdf5::Handle group = hdf5::open_group(file_.id(), "segments");
  const Column first = Column::open(group.id(), "first_position", Elements::integers);
  const Column positions = Column::open(group.id(), "positions", Elements::integers);
  if (first.rows() != positions.rows() || first.width() != 0 || positions.width() != 0)
    unfit(path_, "datasets of /segments differ in length");
  std::vector<std::uint64_t> begin, end;
  for (std::uint64_t row = 0; row < first.rows(); row += kBlockRows) {
    const std::uint64_t count = std::min(kBlockRows, first.rows() - row);
    first.read(row, count, begin);
    positions.read(row, count, end);
    for (std::size_t i = 0; i < begin.size(); ++i) positions_ += end[i] - std::min(begin[i], end[i]);
  }
  segments_ = first.rows();
}

void SpikeFile::read(const SpikePopulation& population, const std::function<bool(const SpikeBlock&)>& take) const {
  const hdf5::Handle group = group_of(file_, "spikes", population.name);
  const Columns columns(group.id(), path_);
  SpikeBlock block;
  for (std::uint64_t row = 0; row < columns.timestamps.rows(); row += kBlockRows) {
    const std::uint64_t count = std::min(kBlockRows, columns.timestamps.rows() - row);
    columns.timestamps.read(row, count, block.timestamps);
    columns.node_ids.read(row, count, block.node_ids);
    if (!columns.places.empty()) {
      columns.places[0].read(row, count, block.segment);
      columns.places[1].read(row, count, block.position);
    }
    if (!columns.counts.empty()) columns.counts[0].read(row, count, block.counts);
    if (!std::ranges::all_of(block.timestamps, [](double t) { return std::isfinite(t); }))
      unfit(path_, fmt::format("population {} has a timestamp that is no number", population.name));
    if (std::ranges::any_of(block.node_ids, [](std::int64_t id) { return id < 0; }))
      unfit(path_, fmt::format("population {} has a negative node id", population.name));
    if (!take(block)) return;
  }
}

}  // namespace snnsim::experiments
