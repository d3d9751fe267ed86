#pragma once

#include <cstdint>
#include <vector>

namespace snnsim::tests {

/// A small network in whole numbers, for a simulator that has nothing in common with the library but the equations.
struct SmallNetwork {
  enum class Kind { integer_spiking, sigma_delta, st_bif, integrate_and_fire };
  struct Group {  // a population
    Kind kind = Kind::sigma_delta;
    std::int64_t size = 1, threshold = 1, low = -1, high = 1, max_spikes = 1, refractory = 1, phase = 0;
    std::vector<std::int64_t> input{};  // external current, the same at each of the T steps
  };
  struct Link {  // a projection, later than all of the groups
    std::size_t from = 0, to = 0;
    std::int64_t delay = 0;
    std::vector<std::vector<std::int64_t>> lag{};      // (step - 1, neuron)
    std::vector<std::vector<std::int64_t>> weights{};  // (to, from)
  };
  std::int64_t timesteps = 1, ticks_per_step = 1, end = 0;  // nothing happens after `end`
  bool settles = false, cyclic = false;
  std::vector<Group> groups;  // in the order of their ranks
  std::vector<Link> links;
};

struct Emission {
  std::int64_t tick, group, neuron, count;
  auto operator<=>(const Emission&) const = default;
};

/// Every nonzero emission, ordered by tick, group and neuron: single spikes in a sorted list, one after another.
std::vector<Emission> simulate_by_brute_force(const SmallNetwork& network);

}  // namespace snnsim::tests
