#include "experiments/recording/spike_inspection.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/glob.hpp"
#include "experiments/readable.hpp"
#include "experiments/recording/raster.hpp"
#include "experiments/recording/spike_file.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments {

namespace {

template <class... Args>
void add(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

/// What the chosen spikes of one population span.
struct Extent {
  std::uint64_t spikes = 0;
  std::int64_t first_neuron = std::numeric_limits<std::int64_t>::max(), last_neuron = 0;
  double first = std::numeric_limits<double>::infinity(), last = -first;
};

/// Calls take(neuron, time) for the chosen spikes.
template <typename Take>
void for_chosen(const SpikeFile& file, const SpikePopulation& population, const RasterChoice& choice,
                const Take& take) {
  const bool all = !choice.segment && !choice.position;
  if (!all && !population.placed)
    throw ConfigurationError(fmt::format("the spikes of {} have no segments and positions", population.name),
                             "leave --segment and --position out");
  file.read(population, [&](const SpikeBlock& block) {
    for (std::size_t i = 0; i < block.timestamps.size(); ++i)
      if (all || (block.segment[i] == choice.segment.value_or(block.segment[i]) &&
                  block.position[i] == choice.position.value_or(block.position[i])))
        take(block.node_ids[i], block.timestamps[i]);
    return true;
  });
}

Extent extent_of(const SpikeFile& file, const SpikePopulation& population, const RasterChoice& choice) {
  Extent extent;
  for_chosen(file, population, choice, [&](std::int64_t neuron, double time) {
    ++extent.spikes;
    extent.first_neuron = std::min(extent.first_neuron, neuron);
    extent.last_neuron = std::max(extent.last_neuron, neuron);
    extent.first = std::min(extent.first, time);
    extent.last = std::max(extent.last, time);
  });
  return extent;
}

/// Share of the steps at which a neuron spikes, as in report.json; in files that do not say how many there are, spikes
/// per neuron id in use and unit of time.
std::string rate(const SpikeFile& file, const SpikePopulation& population, const Extent& extent) {
  const auto spikes = static_cast<double>(extent.spikes);
  if (population.neurons > 0 && file.timesteps() > 0 && file.positions() > 0)
    return percent(spikes / static_cast<double>(population.neurons * file.positions() * file.timesteps()));
  const double neurons = static_cast<double>(extent.last_neuron - extent.first_neuron) + 1;
  return extent.last > extent.first
             ? fmt::format("{:.3g}/{}", spikes / neurons / (extent.last - extent.first), population.units)
             : "-";
}

void add_population(std::string& out, const SpikeFile& file, const SpikePopulation& population) {
  const Extent extent = extent_of(file, population, {});
  const std::string neurons = population.neurons > 0 ? std::to_string(population.neurons)
                              : extent.spikes > 0    ? fmt::format("{}-{}", extent.first_neuron, extent.last_neuron)
                                                     : "-";
  if (extent.spikes == 0) return add(out, "  {:<24}{:>12}{:>14}\n", population.name, neurons, 0);
  add(out, "  {:<24}{:>12}{:>14}{:>14}{:>12}{:>12}\n", population.name, neurons, extent.spikes,
      rate(file, population, extent), fmt::format("{:.6g}", extent.first), fmt::format("{:.6g}", extent.last));
}

void add_raster(std::string& out, const SpikeFile& file, const SpikePopulation& population,
                const RasterChoice& choice) {
  const Extent extent = extent_of(file, population, choice);
  if (extent.spikes == 0) return add(out, "\n{}: no spikes\n", population.name);
  const bool ticks = population.units == "tick";
  const auto last_neuron =
      population.neurons > 0 ? static_cast<std::int64_t>(population.neurons) - 1 : extent.last_neuron;
  const std::int64_t first_neuron = population.neurons > 0 ? 0 : extent.first_neuron;
  Raster raster(
      RasterAxis::of_numbers(static_cast<double>(first_neuron), static_cast<double>(last_neuron), Raster::kMostRows),
      ticks ? RasterAxis::of_numbers(extent.first, extent.last, Raster::kMostColumns)
            : RasterAxis::of_times(extent.first, extent.last, Raster::kMostColumns));
  for_chosen(file, population, choice,
             [&](std::int64_t neuron, double time) { raster.add(static_cast<double>(neuron), time); });
  add(out, "\n{}: neurons upwards, {} {:.6g} to {:.6g} to the right; @: {} spikes\n", population.name, population.units,
      extent.first, extent.last, raster.most());
  out += raster.text(2);
}

/// The first population, or those that the pattern matches.
std::vector<SpikePopulation> chosen(const SpikeFile& file, const std::string& pattern) {
  std::vector<SpikePopulation> populations = file.populations();
  if (pattern.empty() && populations.size() > 1) populations.resize(1);
  if (pattern.empty()) return populations;
  std::erase_if(populations, [&](const SpikePopulation& p) { return !glob_match(pattern, p.name); });
  if (!populations.empty()) return populations;
  std::vector<std::string_view> names;
  for (const SpikePopulation& population : file.populations()) names.push_back(population.name);
  throw ConfigurationError(fmt::format("--population {} matches no population of the file", pattern),
                           suggest(pattern, names, "populations"));
}

}  // namespace

std::string inspect_spikes(const std::filesystem::path& path, const RasterChoice& choice) {
  const SpikeFile file(path);
  std::string out =
      fmt::format("{}: spikes in SONATA's layout; populations: {}\n", path.string(), file.populations().size());
  if (file.timesteps() > 0)
    add(out, "  of run {}: T = {}, {} segments, {} positions\n", file.run(), file.timesteps(), file.segments(),
        file.positions());
  add(out, "  {:<24}{:>12}{:>14}{:>14}{:>12}{:>12}\n", "population", "neurons", "spikes", "rate", "first", "last");
  for (const SpikePopulation& population : file.populations()) add_population(out, file, population);
  for (const SpikePopulation& population : chosen(file, choice.population)) add_raster(out, file, population, choice);
  return out;
}

}  // namespace snnsim::experiments
