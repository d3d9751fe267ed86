#include "experiments/network/input_trains.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/parallel.hpp"
#include "core/random.hpp"
#include "experiments/network/network_hdf5.hpp"

namespace snnsim::experiments {
namespace {

constexpr std::int64_t kMostTotal = std::int64_t{1} << 23U;  // floats count exactly up to 2^24

/// Positions of trains whose events may name a trial: one if none does.
std::uint32_t positions_of(const NetworkDescription& network, const SpikesSection& spikes) {
  const auto names_trial = [](const std::vector<std::int64_t>& event) { return event.size() > 3; };
  const bool apart = spikes.random.density > 0 || std::ranges::any_of(spikes.events, names_trial);
  return apart ? static_cast<std::uint32_t>(network.trials) : 1;
}

std::vector<SpikeEvent> listed_events(const SpikesSection& spikes, std::uint32_t positions) {
  std::vector<SpikeEvent> events;
  for (const std::vector<std::int64_t>& listed : spikes.events) {
    SpikeEvent event{.step = static_cast<std::uint32_t>(listed[0]), .neuron = static_cast<std::uint32_t>(listed[1])};
    if (listed.size() > 2) event.count = static_cast<std::int32_t>(listed[2]);
    const bool everywhere = listed.size() < 4;
    event.position = everywhere ? 0 : static_cast<std::uint32_t>(listed[3]);
    const std::uint32_t end = everywhere ? positions : event.position + 1;
    for (; event.position < end; ++event.position) events.push_back(event);
  }
  return events;
}

/// Neuron n spikes at step t of trial r if number (r T + t - 1) size + n of the input's stream is below the density.
std::vector<SpikeEvent> random_events(const NetworkDescription& network, std::size_t index) {
  const InputSection& input = network.inputs[index];
  const RandomStream streams(network.seed, RandomStream::Purpose::network_spikes);
  const RandomStream stream(streams.bits(index), RandomStream::Purpose::network_spikes);
  std::vector<std::vector<SpikeEvent>> of_step(network.trials * network.timesteps);
  parallel_for(of_step.size(), [&](std::size_t k) {
    const auto trial = static_cast<std::uint32_t>(k / network.timesteps);
    const auto step = static_cast<std::uint32_t>(k % network.timesteps + 1);
    for (std::uint32_t n = 0; n < input.size; ++n)
      if (stream.uniform(k * input.size + n) < input.spikes.random.density) of_step[k].push_back({step, trial, n, 1});
  });
  std::vector<SpikeEvent> events;
  for (const std::vector<SpikeEvent>& some : of_step) events.insert(events.end(), some.begin(), some.end());
  return events;
}

/// max Σ |count| of a neuron in a trial. Throws when neurons cannot emit so much.
std::int64_t checked_most(const InputSection& input, const SpikeTrains& trains) {
  std::unordered_map<std::uint64_t, std::int64_t> totals;  // by trial and neuron
  std::int64_t most = 0;
  for (const SpikeEvent& event : trains.events()) {
    const std::int64_t size = std::abs(static_cast<std::int64_t>(event.count));
    most = std::max(most, totals[std::uint64_t{event.position} << 32U | event.neuron] += size);
    if (size > std::numeric_limits<std::int16_t>::max() || most > kMostTotal)
      throw DataError(fmt::format("input \"{}\": neuron {} has {} spikes up to step {}, more than can be simulated",
                                  input.name, event.neuron, most, event.step),
                      "a neuron has at most 32767 spikes at a step and 8388608 in all");
  }
  return most;
}

}  // namespace

InputTrains make_trains(const NetworkDescription& network, std::size_t index) {
  const InputSection& input = network.inputs[index];
  InputTrains result;
  std::vector<SpikeEvent> events;
  if (!input.spikes.file.empty())
    events = read_spikes(input, static_cast<std::uint32_t>(network.timesteps), result.left_out);
  else if (input.spikes.random.density > 0)
    events = random_events(network, index);
  const std::uint32_t positions = positions_of(network, input.spikes);
  const std::vector<SpikeEvent> listed = listed_events(input.spikes, positions);
  events.insert(events.end(), listed.begin(), listed.end());
  result.trains = std::make_shared<const SpikeTrains>(input.size, static_cast<std::uint32_t>(network.timesteps),
                                                      positions, std::move(events));
  result.most = checked_most(input, *result.trains);
  return result;
}

}  // namespace snnsim::experiments
