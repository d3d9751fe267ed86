#pragma once

#include <cstdint>

namespace snnsim {

/// What is known of how input reaches a population before it is simulated; whether a neuron is exact depends on it.
struct InputPattern {
  bool spread = false;    // parts of one step's input may arrive at different ticks: delays, jitter
  bool complete = false;  // all input is there when the population starts, as under layer_synchronous
  bool settles = false;   // the run goes on until quiescence
  std::int32_t ticks_per_step = 1;
};

}  // namespace snnsim
