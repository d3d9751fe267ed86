#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace snnsim::experiments::html {

/// Some spikes of one population, a number each: those of the first recorded segment, of the neurons and positions
/// below.
struct PopulationExcerpt {
  std::string name{};
  std::uint64_t neurons = 0;        // of the population; 0: not known
  std::uint64_t neurons_shown = 0;  // ids 0 .. neurons_shown - 1
  std::int64_t first_position = 0, positions = 0;
  std::vector<std::int64_t> position{}, tick{}, neuron{}, count{};
};

/// What a page shows of spikes.h5.
struct SpikeExcerpt {
  std::uint64_t timesteps = 0;
  std::int64_t last_tick = 0;  // the latest of those shown
  std::uint64_t recorded = 0;  // populations in the file, of which some may be left out
  std::vector<PopulationExcerpt> populations{};
  std::string unreadable{};  // why there is nothing, if the file is there but cannot be read
};

/// So few spikes that a page of them is quickly sent and drawn.
struct ExcerptSize {
  std::size_t populations = 12, spikes = 30000;  // spikes of all populations together
  std::uint64_t neurons = 256;
};

/// Nothing when there is no such file. Whole positions, as many as there is room for; of the first one fewer neurons if
/// even that has too many spikes. Reads no more than the first segment.
SpikeExcerpt read_excerpt(const std::filesystem::path& spikes, const ExcerptSize& most = {});

}  // namespace snnsim::experiments::html
