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
constexpr double pj_per_mw_ns = 1;            // 1e-3 W × 1e-9 s
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double real(std::uint64_t count) {
  return static_cast<double>(count);
}

double known(const std::optional<double>& constant) {
  return constant.value_or(0);
}

bool floating(int bits) {
  return bits > largest_integer_bits;
}

double accumulate(const CostTable& cost, int weight_bits) {
  return known(floating(weight_bits) ? cost.add_fp32 : cost.add_int32);
}

/// One multiply-accumulate; NaN where the table has none of that width.
double multiply_accumulate(const CostTable& cost, int weight_bits, int activation_bits,
                           const std::optional<double>& add) {
  if (floating(weight_bits) || floating(activation_bits)) return cost.multiply_fp16.value_or(nan) + add.value_or(nan);
  if (cost.accumulate_per_activation_bit) return *cost.accumulate_per_activation_bit * activation_bits;
  return cost.multiply_int8.value_or(nan) * weight_bits * activation_bits /
             (largest_integer_bits * largest_integer_bits) +
         add.value_or(nan);
}

double weight_fetch(const CostTable& cost, int weight_bits) {
  return known(cost.weight_fetch_per_byte) * weight_bits / bits_per_byte;
}

double analog(const AnalogCount& count, const CostTable& cost) {
  return real(count.multiply_accumulates) * (known(cost.multiply_fp32) + known(cost.add_fp32)) +
         real(count.exponentials) * known(cost.exponential) + real(count.divisions) * known(cost.division);
}

/// The arithmetic of `operations` accumulates.
double accumulates(std::uint64_t operations, const CostTable& cost, int weight_bits) {
  return real(operations) * cost.synaptic_operation.value_or(accumulate(cost, weight_bits));
}

double updates(const OperationCount& count, const CostTable& cost) {
  if (cost.neuron_update_active || cost.neuron_update_idle)
    return real(count.neurons_active) * known(cost.neuron_update_active) +
           real(count.neuron_updates - count.neurons_active) * known(cost.neuron_update_idle);
  return real(count.neuron_updates) *
             (adds_per_update * known(cost.add_int32) + state_bytes_per_update * known(cost.state_per_byte)) +
         real(count.neurons_active) * known(cost.add_int32);
}

EnergyBreakdown spiking(const OperationCount& count, const CostTable& cost, const EnergySettings& settings) {
  EnergyBreakdown energy;
  energy.compute = accumulates(count.synaptic_magnitude, cost, settings.weight_bits);
  if (!cost.synaptic_operation)
    energy.weight_fetch = real(count.synaptic_operations) * weight_fetch(cost, settings.weight_bits);
  energy.neurons = updates(count, cost);
  energy.traffic = real(count.spike_messages) * known(cost.spike_message) +
                   real(settings.spike_hops) * known(cost.spike_hop) +
                   real(count.synaptic_operations) * known(cost.spike_per_synapse);
  energy.analog = analog(count.analog, cost);
  energy.static_power = settings.latency_ns * known(cost.static_mw) * pj_per_mw_ns;
  return energy;
}

/// A network that multiplies; `add` is the accumulate of each product.
EnergyBreakdown multiplying(const OperationCount& count, const CostTable& cost, int weight_bits, int activation_bits,
                            const std::optional<double>& add) {
  const double operations = real(count.multiply_accumulates);
  const double once = multiply_accumulate(cost, weight_bits, activation_bits, add);
  if (once != once) return {nan, nan, nan, nan, nan, nan};
  const double messages =
      count.synaptic_operations == 0 ? 0 : operations * real(count.spike_messages) / real(count.synaptic_operations);
  EnergyBreakdown energy;
  energy.compute = operations * once;
  energy.weight_fetch = operations * weight_fetch(cost, weight_bits);
  energy.traffic =
      activation_bits * (messages * known(cost.value_message_per_bit) + operations * known(cost.value_bit_per_synapse));
  energy.analog = analog(count.analog_once, cost);
  return energy;
}

}  // namespace

int twin_bits(std::size_t timesteps) {
  return std::bit_width(timesteps);
}  // = ceil(log2(T + 1)) for T >= 1

EnergyReport price(const OperationCount& count, const CostTable& cost, const EnergySettings& settings) {
  const int bits = settings.weight_bits;
  const std::optional<double> add = floating(bits) ? cost.add_fp32 : cost.add_int32;
  EnergyReport report;
  report.snn = spiking(count, cost, settings);
  report.qann = multiplying(count, cost, bits, settings.activation_bits, add);
  report.twin = multiplying(count, cost, bits, twin_bits(settings.timesteps), add);
  report.dense = multiplying(count, cost, fp16_bits, fp16_bits, cost.add_fp16);
  const double others = report.snn.total() - report.snn.compute;
  const double graded =
      cost.synaptic_operation.value_or(multiply_accumulate(cost, bits, settings.activation_bits, add));
  report.snn_multiply = others + real(count.synaptic_operations) * graded;
  report.snn_shift_add = others + accumulates(count.synaptic_shift_adds, cost, bits);
  return report;
}

std::vector<std::string_view> unpriced_kinds(const CostTable& cost) {
  std::vector<std::string_view> kinds;
  if (!cost.synaptic_operation && !cost.weight_fetch_per_byte) kinds.emplace_back("weight_fetch");
  if (!cost.neuron_update_active && !cost.neuron_update_idle && !cost.state_per_byte) kinds.emplace_back("neurons");
  if (!cost.spike_message && !cost.spike_hop && !cost.spike_per_synapse) kinds.emplace_back("traffic");
  if (!cost.exponential || !cost.division || !cost.multiply_fp32 || !cost.add_fp32) kinds.emplace_back("analog");
  if (!cost.static_mw) kinds.emplace_back("static_power");
  return kinds;
}

std::optional<double> busy_ns(const OperationCount& count, std::uint64_t spike_hops, const CostTable& cost) {
  if (!cost.synaptic_operation_ns) return {};
  return real(count.synaptic_magnitude) * *cost.synaptic_operation_ns +
         real(count.neurons_active) * known(cost.neuron_update_active_ns) +
         real(count.neuron_updates - count.neurons_active) * known(cost.neuron_update_idle_ns) +
         real(spike_hops) * known(cost.hop_ns);
}

double break_even(const EnergyBreakdown& snn, const EnergyBreakdown& other) {
  const double fixed = snn.neurons + snn.analog + snn.static_power;
  const double with_spikes = snn.total() - fixed;
  if (with_spikes == 0) return std::numeric_limits<double>::infinity();
  return (other.total() - fixed) / with_spikes;
}

}  // namespace snnsim
