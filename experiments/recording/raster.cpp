#include "experiments/recording/raster.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace snnsim::experiments {

namespace {

constexpr std::string_view kShades = " .:-=+*#%@";

/// Blank for none, the darkest for `most`.
char shade(std::uint64_t spikes, std::uint64_t most) {
  if (spikes == 0) return kShades.front();
  const double share = static_cast<double>(spikes) / static_cast<double>(most);
  return kShades[static_cast<std::size_t>(std::ceil(share * static_cast<double>(kShades.size() - 1)))];
}

}  // namespace

RasterAxis RasterAxis::of_numbers(double first, double last, std::size_t most_cells) {
  const double count = last - first + 1;
  const double step = std::max(1.0, std::ceil(count / static_cast<double>(most_cells)));
  return {first, step, static_cast<std::size_t>(std::ceil(count / step))};
}

RasterAxis RasterAxis::of_times(double first, double last, std::size_t cells) {
  const double step = (last - first) / static_cast<double>(cells);
  return step > 0 ? RasterAxis{first, step, cells} : RasterAxis{first, 1, 1};
}

std::size_t RasterAxis::cell(double x) const {
  return std::min(cells - 1, static_cast<std::size_t>(std::max(0.0, (x - first) / step)));
}

Raster::Raster(const RasterAxis& neurons, const RasterAxis& times)
    : neurons_(neurons), times_(times), spikes_(neurons.cells * times.cells, 0) {}

void Raster::add(double neuron, double time) {
  ++spikes_[neurons_.cell(neuron) * times_.cells + times_.cell(time)];
}

std::uint64_t Raster::most() const {
  return *std::ranges::max_element(spikes_);
}

std::string Raster::text(std::size_t indent) const {
  const std::uint64_t darkest = most();
  std::string out;
  for (std::size_t row = neurons_.cells; row-- > 0;) {
    out += fmt::format("{:{}}{:>8.0f} |", "", indent, neurons_.first + static_cast<double>(row) * neurons_.step);
    for (std::size_t column = 0; column < times_.cells; ++column)
      out += shade(spikes_[row * times_.cells + column], darkest);
    out += "|\n";
  }
  return out;
}

}  // namespace snnsim::experiments
