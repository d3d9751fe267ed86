#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace snnsim::experiments {

/// One side of a raster, divided into cells of one size.
struct RasterAxis {
  double first = 0, step = 1;
  std::size_t cells = 1;

  /// Of whole numbers first..last, none of which is divided.
  static RasterAxis of_numbers(double first, double last, std::size_t most_cells);
  /// Of times first..last.
  static RasterAxis of_times(double first, double last, std::size_t cells);
  /// Where x, between the ends, belongs.
  std::size_t cell(double x) const;
};

/// Spikes as characters: neurons upwards, time to the right; the more spikes are in a cell, the darker it is.
class Raster {
 public:
  static constexpr std::size_t kMostRows = 24, kMostColumns = 64;

  Raster(const RasterAxis& neurons, const RasterAxis& times);
  void add(double neuron, double time);
  /// A line per row with its first neuron, the highest neurons above, `indent` spaces in front.
  std::string text(std::size_t indent) const;
  /// Spikes of the darkest cell.
  std::uint64_t most() const;

 private:
  RasterAxis neurons_, times_;
  std::vector<std::uint64_t> spikes_;  // (neuron cells, time cells)
};

}  // namespace snnsim::experiments
