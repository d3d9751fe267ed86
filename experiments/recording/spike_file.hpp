#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "experiments/recording/hdf5.hpp"

namespace snnsim::experiments {

/// Some spikes of a population, a number each.
struct SpikeBlock {
  std::vector<double> timestamps;
  std::vector<std::int64_t> node_ids;           // >= 0
  std::vector<std::int64_t> segment, position;  // empty in files of others
  std::vector<std::int64_t> counts;             // signed; likewise
};

struct SpikePopulation {
  std::string name, units;    // of the timestamps; SONATA's are milliseconds
  std::uint64_t spikes = 0;   // rows
  std::uint64_t neurons = 0;  // 0: the file does not say
  bool placed = false;        // its spikes have segment and position
};

/// A spike file in SONATA's layout, ours or somebody else's, read a block at a time.
class SpikeFile {
 public:
  /// Throws DataError when it is no such file: no group /spikes, a population without timestamps and node_ids, or with
  /// datasets of different lengths or of other types.
  explicit SpikeFile(const std::filesystem::path& path);

  /// By name.
  const std::vector<SpikePopulation>& populations() const { return populations_; }
  /// What only recordings of snnsim say; 0 or empty in others.
  const std::string& run() const { return run_; }
  std::uint64_t timesteps() const { return timesteps_; }
  std::uint64_t segments() const { return segments_; }
  std::uint64_t positions() const { return positions_; }  // simulated ones, of all segments

  /// All spikes of a population in the order of the file, or those up to the block for which `take` returns false.
  /// Throws DataError for what cannot be read, timestamps that are not finite and negative ids.
  void read(const SpikePopulation& population, const std::function<bool(const SpikeBlock&)>& take) const;

 private:
  void read_segments();

  std::string path_, run_;
  hdf5::Handle file_;
  std::vector<SpikePopulation> populations_;
  std::uint64_t timesteps_ = 0, segments_ = 0, positions_ = 0;
};

}  // namespace snnsim::experiments
