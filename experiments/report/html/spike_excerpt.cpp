#include "experiments/report/html/spike_excerpt.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/error.hpp"
#include "experiments/recording/spike_file.hpp"

namespace snnsim::experiments::html {
namespace {

/// Calls take(block, i) for the spikes of the first segment.
template <typename Take>
void for_first_segment(const SpikeFile& file, const SpikePopulation& population, const Take& take) {
  file.read(population, [&](const SpikeBlock& block) {
    std::size_t i = 0;
    for (; i < block.segment.size() && block.segment[i] == 0; ++i) take(block, i);
    return i == block.segment.size();
  });
}

using Tally = std::map<std::int64_t, std::vector<std::size_t>>;  // spikes of each neuron below the limit, by position

Tally tally_of(const SpikeFile& file, const SpikePopulation& population, std::uint64_t neurons) {
  Tally tally;
  for_first_segment(file, population, [&](const SpikeBlock& block, std::size_t i) {
    std::vector<std::size_t>& spikes = tally[block.position[i]];
    spikes.resize(neurons);
    if (const auto neuron = static_cast<std::uint64_t>(block.node_ids[i]); neuron < neurons) ++spikes[neuron];
  });
  return tally;
}

/// The largest number of first neurons with at most so many spikes, at least one neuron.
std::uint64_t fitting_neurons(const std::vector<std::size_t>& spikes, std::size_t most) {
  std::size_t sum = 0;
  std::uint64_t neurons = 0;
  while (neurons < spikes.size() && (sum += spikes[neurons]) <= most) ++neurons;
  return std::max<std::uint64_t>(1, neurons);
}

/// Chooses neurons and positions.
void choose(const Tally& tally, std::size_t most, PopulationExcerpt& out) {
  if (tally.empty()) return;
  out.first_position = tally.begin()->first;
  out.neurons_shown = fitting_neurons(tally.begin()->second, most);
  std::size_t sum = 0;
  for (const auto& [position, spikes] : tally) {
    for (std::uint64_t neuron = 0; neuron < out.neurons_shown; ++neuron) sum += spikes[neuron];
    if (sum > most && position > out.first_position) break;
    out.positions = position - out.first_position + 1;
  }
}

PopulationExcerpt excerpt_of(const SpikeFile& file, const SpikePopulation& population, std::size_t most,
                             std::uint64_t neurons) {
  PopulationExcerpt out{.name = population.name, .neurons = population.neurons};
  const std::uint64_t limit = population.neurons > 0 ? std::min(neurons, population.neurons) : neurons;
  choose(tally_of(file, population, limit), most, out);
  for_first_segment(file, population, [&](const SpikeBlock& block, std::size_t i) {
    if (static_cast<std::uint64_t>(block.node_ids[i]) >= out.neurons_shown ||
        block.position[i] >= out.first_position + out.positions)
      return;
    out.position.push_back(block.position[i]);
    out.tick.push_back(static_cast<std::int64_t>(block.timestamps[i]));
    out.neuron.push_back(block.node_ids[i]);
    out.count.push_back(block.counts.empty() ? 1 : block.counts[i]);
  });
  return out;
}

}  // namespace

SpikeExcerpt read_excerpt(const std::filesystem::path& spikes, const ExcerptSize& most) {
  SpikeExcerpt out;
  if (!std::filesystem::exists(spikes)) return out;
  try {
    const SpikeFile file(spikes);
    out.timesteps = file.timesteps();
    out.recorded = file.populations().size();
    const std::size_t shown = std::min<std::size_t>(out.recorded, most.populations);
    for (std::size_t i = 0; i < shown; ++i)
      out.populations.push_back(excerpt_of(file, file.populations()[i], most.spikes / shown, most.neurons));
  } catch (const DataError& error) {
    return {.unreadable = error.what()};
  }
  std::erase_if(out.populations, [](const PopulationExcerpt& population) { return population.tick.empty(); });
  for (const PopulationExcerpt& population : out.populations)
    out.last_tick = std::max(out.last_tick, std::ranges::max(population.tick));
  return out;
}

}  // namespace snnsim::experiments::html
