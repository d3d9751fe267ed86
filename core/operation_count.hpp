#pragma once

#include <cstdint>

namespace snnsim {

/// Work of operators that stay analog (RMSNorm, RoPE, attention, softmax, SwiGLU), counted per evaluated row.
struct AnalogCount {
  std::uint64_t multiply_accumulates = 0;
  std::uint64_t exponentials = 0;
  std::uint64_t divisions = 0;  // divisions and reciprocal square roots

  bool operator==(const AnalogCount&) const = default;
};

/// Exact counts of what a simulation did; pricing is the EnergyModel's business. All counts add up over segments.
struct OperationCount {
  std::uint64_t synaptic_operations = 0;  // nonzero spikes × synapses they reach
  std::uint64_t synaptic_magnitude = 0;  // Σ |s| × synapses: accumulates, when a graded spike is a burst of unit spikes
  std::uint64_t synaptic_shift_adds = 0;  // Σ popcount(|s|) × synapses: shift-adds, when a graded spike is bit-serial
  std::uint64_t neuron_updates = 0;       // clocked: every neuron every step; event-driven: neurons of changed rows
  std::uint64_t neurons_active = 0;       // the updates that emitted a spike
  std::uint64_t weight_bytes = 0;         // bytes of weights fetched, one fetch per synaptic operation
  std::uint64_t spike_messages = 0;       // nonzero spikes × projections that carry them
  std::uint64_t multiply_accumulates = 0;  // what the quantized or dense network multiplies for the same tokens
  AnalogCount analog;                      // operators in the spiking network, over all steps
  AnalogCount analog_once;                 // the same operators evaluated once per token, as in the QANN

  bool operator==(const OperationCount&) const = default;
};

/// Calls f(a.member, b.member) for every count; the one list of them for arithmetic.
template <typename A, typename B, typename F>
void for_each_count(A& a, B& b, const F& f) {
  f(a.synaptic_operations, b.synaptic_operations);
  f(a.synaptic_magnitude, b.synaptic_magnitude);
  f(a.synaptic_shift_adds, b.synaptic_shift_adds);
  f(a.neuron_updates, b.neuron_updates);
  f(a.neurons_active, b.neurons_active);
  f(a.weight_bytes, b.weight_bytes);
  f(a.spike_messages, b.spike_messages);
  f(a.multiply_accumulates, b.multiply_accumulates);
  f(a.analog.multiply_accumulates, b.analog.multiply_accumulates);
  f(a.analog.exponentials, b.analog.exponentials);
  f(a.analog.divisions, b.analog.divisions);
  f(a.analog_once.multiply_accumulates, b.analog_once.multiply_accumulates);
  f(a.analog_once.exponentials, b.analog_once.exponentials);
  f(a.analog_once.divisions, b.analog_once.divisions);
}

inline OperationCount& operator+=(OperationCount& a, const OperationCount& b) {
  for_each_count(a, b, [](std::uint64_t& x, std::uint64_t y) { x += y; });
  return a;
}
inline OperationCount operator-(OperationCount a, const OperationCount& b) {
  for_each_count(a, b, [](std::uint64_t& x, std::uint64_t y) { x -= y; });
  return a;
}

}  // namespace snnsim
