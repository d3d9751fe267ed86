#pragma once

#include <cstddef>

#include "core/operation_count.hpp"

namespace snnsim {

/// What operations cost, in pJ. Every constant comes with its citation in the file it is read from.
struct CostTable {
  double add_int32 = 0;      // accumulate, compare or subtract
  double multiply_int8 = 0;  // 8 × 8 bits; a × b bits are priced a·b/64 of it (partial products)
  double multiply_fp16 = 0, add_fp16 = 0;
  double multiply_fp32 = 0, add_fp32 = 0;
  double exponential = 0, division = 0;  // fp32, in analog operators
  double weight_fetch_per_byte = 0;
  double state_per_byte = 0;         // neuron state, read or written
  double spike_message = 0;          // one spike carried to one projection
  double value_message_per_bit = 0;  // one bit of an activation carried to one projection (QANN, dense)
};

/// Energy of one network, pJ.
struct EnergyBreakdown {
  double compute = 0;       // synaptic accumulates, or multiply-accumulates
  double weight_fetch = 0;  // one fetch per synaptic operation or multiply-accumulate (batch 1)
  double neurons = 0;       // state traffic and updates
  double traffic = 0;       // spikes or activations between populations
  double analog = 0;        // operators that stay analog
  double total() const { return compute + weight_fetch + neurons + traffic + analog; }
};

/// The same tokens in four networks on the same table.
struct EnergyReport {
  EnergyBreakdown snn;   // a graded spike s is |s| accumulates after one weight fetch
  EnergyBreakdown qann;  // weight_bits × activation_bits
  EnergyBreakdown twin;  // weight_bits × ceil(log2(T + 1)): the quantized network of the same capacity (Yan, Bai, Wong,
                         // arXiv 2409.08290)
  EnergyBreakdown dense;     // fp16 × fp16
  double snn_multiply = 0;   // total when a graded spike is one b-bit multiply-accumulate instead
  double snn_shift_add = 0;  // total when it is popcount(|s|) shift-adds instead
};

/// Bits of the capacity-matched twin: ceil(log2(timesteps + 1)).
int twin_bits(std::size_t timesteps);

/// Prices counts. bits of 16 mean floating point. What is left out favours the QANN, the twin and the dense network:
/// rounding of their activations is free. Their activations are carried as often per multiply-accumulate as spikes are
/// per synaptic operation. Not modelled: static power, instruction fetch, DRAM (weights are taken to be on chip), the
/// embedding.
EnergyReport price(const OperationCount& count, const CostTable& cost, int weight_bits, int activation_bits,
                   std::size_t timesteps);

/// The factor on the number of spikes at which the SNN costs as much as `other`; not positive when the SNN's fixed
/// costs (neurons, analog) are already higher, infinite when spikes cost nothing.
double break_even(const EnergyBreakdown& snn, const EnergyBreakdown& other);

}  // namespace snnsim
