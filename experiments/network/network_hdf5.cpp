#include "experiments/network/network_hdf5.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/network/network_checks.hpp"
#include "experiments/recording/column.hpp"

namespace snnsim::experiments {
namespace {

using hdf5::Column;
using hdf5::Elements;

constexpr std::size_t kBlock = std::size_t{1} << 20U;  // numbers read at a time

[[noreturn]] void unfit(const std::filesystem::path& file, const std::string& what, std::string remedy) {
  throw DataError(fmt::format("{}: {}", file.string(), what), std::move(remedy));
}

/// The whole of a dataset with one extent.
template <typename T>
std::vector<T> read_list(hid_t group, const char* name, Elements elements) {
  const Column column = Column::open(group, name, elements);
  std::vector<T> values;
  if (column.width() > 1)
    unfit(hdf5::file_of(group), fmt::format("dataset \"{}\" has two extents", name), "give it one");
  column.read(0, column.rows(), values);
  return values;
}

/// Step t has the timestamps after t - 1 and up to t intervals.
std::uint64_t step_of(const InputSection& input, double timestamp) {
  constexpr double beyond = 1e15;
  if (!(timestamp >= 0))
    unfit(input.spikes.file, fmt::format("a timestamp of \"{}\" is {}", input.name, timestamp),
          "timestamps begin at 0");
  return static_cast<std::uint64_t>(std::clamp(std::ceil(timestamp / input.spikes.interval), 1.0, beyond));
}

/// What the last part of a path lies in.
hdf5::Handle parent_of(hid_t file, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return hdf5::open_group(file, slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash));
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

void check_bits(const ProjectionSection& projection, std::span<const std::int16_t> weights) {
  const int most = (1 << (projection.bits - 1)) - 1;
  for (const std::int16_t w : weights)
    if (w > most || w < -most - 1)
      unfit(projection.weights.file,
            fmt::format("{}: weight {} does not fit into {} bits", projection.weights.dataset, w, projection.bits),
            fmt::format("{} bits hold {} to {}: set bits, or put what is larger into scale", projection.bits, -most - 1,
                        most));
}

DenseArrays read_dense(const ProjectionSection& projection, const ProjectionShape& shape, const Column& column) {
  const std::size_t width = std::max<std::size_t>(1, column.width());
  if (column.rows() != shape.targets || width != shape.sources)
    unfit(projection.weights.file,
          fmt::format("{} is {} x {}, but {} has {} target and {} source neurons", projection.weights.dataset,
                      column.rows(), width, projection.name(), shape.targets, shape.sources),
          "a dataset of weights has a row for each target neuron");
  DenseArrays dense;
  dense.weights.reserve(shape.targets * shape.sources);
  std::vector<std::int16_t> block;
  const std::size_t rows = std::max<std::size_t>(1, kBlock / width);
  for (std::size_t first = 0; first < shape.targets; first += rows) {
    column.read(first, std::min(rows, shape.targets - first), block);
    check_bits(projection, block);
    dense.weights.insert(dense.weights.end(), block.begin(), block.end());
  }
  return dense;
}

SparseArrays read_sparse(const ProjectionSection& projection, const ProjectionShape& shape, hid_t group) {
  const auto offsets = read_list<std::uint64_t>(group, "offsets", Elements::integers);
  const auto targets = read_list<std::uint32_t>(group, "targets", Elements::integers);
  const auto weights = read_list<std::int16_t>(group, "weights", Elements::integers);
  check_bits(projection, weights);
  if (const std::string fault = csr_fault(offsets, targets, weights.size(), shape); !fault.empty())
    unfit(projection.weights.file, fmt::format("{}: {}", projection.weights.dataset, fault), csr_remedy);
  return {offsets, targets, {weights.begin(), weights.end()}};
}

}  // namespace

std::vector<SpikeEvent> read_spikes(const InputSection& input, std::uint32_t steps, std::uint64_t& left_out) {
  const SpikesSection& spikes = input.spikes;
  const hdf5::Handle file = hdf5::open_file(spikes.file), all = hdf5::open_group(file.id(), "spikes");
  const hdf5::Handle group = hdf5::open_group(all.id(), spikes.population.empty() ? input.name : spikes.population);
  const auto timestamps = read_list<double>(group.id(), "timestamps", Elements::numbers);
  const auto nodes = read_list<std::uint64_t>(group.id(), "node_ids", Elements::integers);
  std::vector<std::int32_t> counts(timestamps.size(), 1);
  if (hdf5::has(group.id(), "counts")) {
    const auto stored = read_list<std::int16_t>(group.id(), "counts", Elements::integers);
    counts.assign(stored.begin(), stored.end());
  }
  if (nodes.size() != timestamps.size() || counts.size() != timestamps.size())
    unfit(spikes.file,
          fmt::format("\"{}\" has {} timestamps, {} node_ids and {} counts", input.name, timestamps.size(),
                      nodes.size(), counts.size()),
          "each spike needs one of each");
  std::vector<SpikeEvent> events;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    if (nodes[k] >= input.size)
      unfit(spikes.file,
            fmt::format("\"{}\" has a spike of neuron {}, but {} neurons", input.name, nodes[k], input.size),
            "neurons are numbered from 0; set the size of the input");
    const std::uint64_t step = step_of(input, timestamps[k]);
    if (step > steps)
      ++left_out;
    else
      events.push_back({static_cast<std::uint32_t>(step), 0, static_cast<std::uint32_t>(nodes[k]), counts[k]});
  }
  return events;
}

WeightArrays read_weights(const ProjectionSection& projection, const ProjectionShape& shape) {
  const hdf5::Handle file = hdf5::open_file(projection.weights.file);
  const hdf5::Handle parent = parent_of(file.id(), projection.weights.dataset);
  const std::string name = last_part(projection.weights.dataset);
  const hdf5::Handle object(H5Oopen(parent.id(), name.c_str(), H5P_DEFAULT), H5Oclose);
  if (object.id() >= 0 && H5Iget_type(object.id()) == H5I_GROUP) return read_sparse(projection, shape, object.id());
  return read_dense(projection, shape, Column::open(parent.id(), name, Elements::integers));
}

}  // namespace snnsim::experiments
