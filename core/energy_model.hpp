#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/operation_count.hpp"

namespace snnsim {

/// What operations cost, in pJ. Every constant comes with its citation in the file it is read from; one that the source
/// of a table does not give is empty, and costs nothing (unpriced_kinds() says so).
struct CostTable {
  std::optional<double> add_int32{};      // accumulate, compare or subtract
  std::optional<double> multiply_int8{};  // 8 × 8 bits; a × b bits are priced a·b/64 of it (partial products)
  std::optional<double> multiply_fp16{}, add_fp16{};
  std::optional<double> multiply_fp32{}, add_fp32{};
  std::optional<double> exponential{}, division{};  // fp32, in analog operators
  std::optional<double> weight_fetch_per_byte{};
  std::optional<double> state_per_byte{};         // neuron state, read or written
  std::optional<double> spike_message{};          // one spike carried to one projection
  std::optional<double> value_message_per_bit{};  // one bit of an activation carried to one projection (QANN, dense)
  // Hardware that multiplies as it spikes: bit by bit.
  std::optional<double> accumulate_per_activation_bit{};  // one multiply-accumulate is so many of them
  // Carried to every synapse anew, not once to a projection.
  std::optional<double> spike_per_synapse{}, value_bit_per_synapse{};
  // Chips whose measurements do not tell the parts of an operation apart.
  std::optional<double> synaptic_operation{};  // fetch, accumulate and all; a graded spike s is |s| of them
  std::optional<double> neuron_update_active{}, neuron_update_idle{};  // with a spike, and without
  std::optional<double> spike_hop{};                                   // one spike from core to core
  std::optional<double> static_mw{};                                   // mW of the chip, whether it works or not
  // Times, ns, of a core; step_ns is the least that a step of the whole network takes.
  std::optional<double> synaptic_operation_ns{}, neuron_update_active_ns{}, neuron_update_idle_ns{}, hop_ns{},
      step_ns{};
};

/// Energy of one network, pJ. NaN, all of it, for a network that the table cannot price.
struct EnergyBreakdown {
  double compute = 0;       // synaptic accumulates, or multiply-accumulates
  double weight_fetch = 0;  // one fetch per synaptic operation or multiply-accumulate (batch 1)
  double neurons = 0;       // state traffic and updates
  double traffic = 0;       // spikes or activations between populations
  double analog = 0;        // operators that stay analog
  double static_power = 0;  // of the chip for as long as it takes
  double total() const { return compute + weight_fetch + neurons + traffic + analog + static_power; }
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

/// What is priced beside the operations: widths, steps, and where and how long spikes travel.
struct EnergySettings {
  int weight_bits = 8, activation_bits = 8;  // 16: floating point
  std::size_t timesteps = 1;
  std::uint64_t spike_hops = 0;  // Σ over spike messages of the hops between cores
  double latency_ns = 0;         // of all tokens together (latency_ns() below)
};

/// Bits of the capacity-matched twin: ceil(log2(timesteps + 1)).
int twin_bits(std::size_t timesteps);

/// Prices counts. What is left out favours the QANN, the twin and the dense network: rounding of their activations is
/// free, and they draw no static power. Their activations are carried as often per multiply-accumulate as spikes are
/// per synaptic operation. A table without multiplications prices the SNN alone. Not modelled: instruction fetch, DRAM
/// (weights are taken to be on chip), the embedding and the head, which are the same in all four.
EnergyReport price(const OperationCount& count, const CostTable& cost, const EnergySettings& settings);

/// Parts of the SNN's energy that the table has no constant for, by the names in EnergyBreakdown.
std::vector<std::string_view> unpriced_kinds(const CostTable& cost);

/// How long the operations of a core take one after another, ns: synaptic operations, updates, and hops of its spikes.
/// Empty when the table has no time for synaptic operations.
std::optional<double> busy_ns(const OperationCount& count, std::uint64_t spike_hops, const CostTable& cost);

/// The factor on the number of spikes at which the SNN costs as much as `other`; not positive when the SNN's fixed
/// costs (neurons, analog, static power) are already higher, infinite when spikes cost nothing.
double break_even(const EnergyBreakdown& snn, const EnergyBreakdown& other);

}  // namespace snnsim
