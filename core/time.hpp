#pragma once

#include <cstdint>

namespace snnsim {

/// Simulated time. `ticks_per_step` ticks make a step; step t ends at tick t × ticks_per_step, and what is clocked
/// happens there.
using Tick = std::uint64_t;

/// A tick and the step that it belongs to (counted from 1).
struct Moment {
  Tick tick = 0;
  std::uint32_t step = 0;
};

/// When a run ends (method.md section 4).
struct Horizon {
  enum class Kind : std::uint8_t {
    steps,       // clocked and spike-limited neurons stop after their T steps; what is in flight then still arrives
    quiescence,  // spike-limited neurons go on until nothing is left to emit
    tick,        // nothing later than `tick` happens
  };
  Kind kind = Kind::steps;
  Tick tick = 0;
};

/// How time runs in a simulation.
struct TimeSettings {
  std::uint32_t timesteps = 1;       // T of every population, >= 1
  std::uint32_t ticks_per_step = 1;  // >= 1
  std::uint64_t seed = 1;            // of the jitter
  Horizon horizon{};
  bool together = false;  // all populations start at the first step, whatever delays their inputs have
};

}  // namespace snnsim
