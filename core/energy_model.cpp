#include "core/energy_model.hpp"

#include <bit>
#include <cstdint>
#include <limits>

namespace snnsim {
namespace {

constexpr int largest_integer_bits = 8;
constexpr int fp16_bits = 16;
constexpr double bits_per_byte = 8;
constexpr double state_bytes_per_update = 8;  // an int32 potential or accumulator, read and written
constexpr double adds_per_update = 2;         // integrate, compare with the threshold; a spike subtracts once more

double real(std::uint64_t count) {
  return static_cast<double>(count);
}

bool floating(int bits) {
  return bits > largest_integer_bits;
}

double accumulate(const CostTable& cost, int weight_bits) {
  return floating(weight_bits) ? cost.add_fp32 : cost.add_int32;
}

double multiply(const CostTable& cost, int weight_bits, int activation_bits) {
  if (floating(weight_bits) || floating(activation_bits)) return cost.multiply_fp16;
  return cost.multiply_int8 * weight_bits * activation_bits / (largest_integer_bits * largest_integer_bits);
}

double weight_fetch(const CostTable& cost, int weight_bits) {
  return cost.weight_fetch_per_byte * weight_bits / bits_per_byte;
}

double analog(const AnalogCount& count, const CostTable& cost) {
  return real(count.multiply_accumulates) * (cost.multiply_fp32 + cost.add_fp32) +
         real(count.exponentials) * cost.exponential + real(count.divisions) * cost.division;
}

EnergyBreakdown spiking(const OperationCount& count, const CostTable& cost, int weight_bits) {
  EnergyBreakdown energy;
  energy.compute = real(count.synaptic_magnitude) * accumulate(cost, weight_bits);
  energy.weight_fetch = real(count.synaptic_operations) * weight_fetch(cost, weight_bits);
  energy.neurons =
      real(count.neuron_updates) * (adds_per_update * cost.add_int32 + state_bytes_per_update * cost.state_per_byte) +
      real(count.neurons_active) * cost.add_int32;
  energy.traffic = real(count.spike_messages) * cost.spike_message;
  energy.analog = analog(count.analog, cost);
  return energy;
}

/// A network that multiplies; `add` is the accumulate of each product.
EnergyBreakdown multiplying(const OperationCount& count, const CostTable& cost, int weight_bits, int activation_bits,
                            double add) {
  const double operations = real(count.multiply_accumulates);
  const double messages =
      count.synaptic_operations == 0 ? 0 : operations * real(count.spike_messages) / real(count.synaptic_operations);
  EnergyBreakdown energy;
  energy.compute = operations * (multiply(cost, weight_bits, activation_bits) + add);
  energy.weight_fetch = operations * weight_fetch(cost, weight_bits);
  energy.traffic = messages * activation_bits * cost.value_message_per_bit;
  energy.analog = analog(count.analog_once, cost);
  return energy;
}

}  // namespace

int twin_bits(std::size_t timesteps) {
  return std::bit_width(timesteps);
}  // = ceil(log2(T + 1)) for T >= 1

EnergyReport price(const OperationCount& count, const CostTable& cost, int weight_bits, int activation_bits,
                   std::size_t timesteps) {
  const double add = accumulate(cost, weight_bits);
  EnergyReport report;
  report.snn = spiking(count, cost, weight_bits);
  report.qann = multiplying(count, cost, weight_bits, activation_bits, add);
  report.twin = multiplying(count, cost, weight_bits, twin_bits(timesteps), add);
  report.dense = multiplying(count, cost, fp16_bits, fp16_bits, cost.add_fp16);
  const double others = report.snn.total() - report.snn.compute;
  report.snn_multiply = others + real(count.synaptic_operations) * (multiply(cost, weight_bits, activation_bits) + add);
  report.snn_shift_add = others + real(count.synaptic_shift_adds) * add;
  return report;
}

double break_even(const EnergyBreakdown& snn, const EnergyBreakdown& other) {
  const double fixed = snn.neurons + snn.analog;
  const double with_spikes = snn.total() - fixed;
  if (with_spikes == 0) return std::numeric_limits<double>::infinity();
  return (other.total() - fixed) / with_spikes;
}

}  // namespace snnsim
