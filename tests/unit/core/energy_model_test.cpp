#include "core/energy_model.hpp"

#include <cmath>
#include <initializer_list>

#include <doctest/doctest.h>

namespace snnsim {
namespace {

/// N neurons into N, all of them firing a unit spike at each of T steps.
OperationCount dense_firing(std::uint64_t timesteps) {
  constexpr std::uint64_t synapses = 1000, neurons = 10;
  OperationCount count;
  count.synaptic_operations = count.synaptic_magnitude = count.synaptic_shift_adds = synapses * timesteps;
  count.spike_messages = neurons * timesteps;
  count.multiply_accumulates = synapses;
  return count;
}

OperationCount some_spikes() {
  OperationCount count;
  count.synaptic_operations = 100;
  count.synaptic_magnitude = 300;
  count.synaptic_shift_adds = 150;
  count.neuron_updates = 40;
  count.neurons_active = 10;
  count.spike_messages = 10;
  count.multiply_accumulates = 50;
  return count;
}

}  // namespace

TEST_CASE("the twin has ceil(log2(T + 1)) bits") {
  for (std::size_t t = 1; t <= 1024; ++t) CHECK(twin_bits(t) == std::ceil(std::log2(static_cast<double>(t + 1))));
}

TEST_CASE("where moving dominates and every neuron fires at every step, SNN / twin = T / ceil(log2(T + 1))") {
  CostTable move_only{.add_int32 = 0, .multiply_int8 = 0};
  move_only.spike_message = move_only.value_message_per_bit = 0.25;
  for (const std::size_t t : {1U, 3U, 5U, 15U, 100U}) {
    const EnergyReport report = price(dense_firing(t), move_only, {4, 4, t});
    CHECK(report.snn.total() / report.twin.total() == doctest::Approx(static_cast<double>(t) / twin_bits(t)));
  }
}

TEST_CASE("where multiplying a bit costs an accumulate, the same holds for compute") {
  CostTable compute_only;
  compute_only.add_int32 = 1;
  compute_only.multiply_int8 = 64.0 / 4;  // 4-bit weights: one pJ per bit of the activation
  const EnergyReport report = price(dense_firing(15), compute_only, {4, 4, 15});
  CHECK(report.snn.compute == doctest::Approx(1000 * 15));
  CHECK(report.twin.compute == doctest::Approx(1000 * (4 + 1)));  // and the accumulate of the product
}

TEST_CASE("each count is priced by its own constant") {
  const CostTable cost{.add_int32 = 0.1,
                       .multiply_int8 = 0.2,
                       .multiply_fp16 = 1.1,
                       .add_fp16 = 0.4,
                       .multiply_fp32 = 3.7,
                       .add_fp32 = 0.9,
                       .exponential = 10,
                       .division = 20,
                       .weight_fetch_per_byte = 12.5,
                       .state_per_byte = 1.25,
                       .spike_message = 20,
                       .value_message_per_bit = 0.3125};
  OperationCount count = some_spikes();
  count.analog = {2, 3, 4};
  count.analog_once = {1, 1, 1};
  const EnergyReport report = price(count, cost, {4, 8, 15});
  CHECK(report.snn.compute == doctest::Approx(30));
  CHECK(report.snn.weight_fetch == doctest::Approx(100 * 6.25));
  CHECK(report.snn.neurons == doctest::Approx(40 * (0.2 + 10) + 1));
  CHECK(report.snn.traffic == doctest::Approx(200));
  CHECK(report.snn.analog == doctest::Approx(2 * 4.6 + 30 + 80));
  CHECK(report.snn_shift_add == doctest::Approx(report.snn.total() - 15));
  CHECK(report.snn_multiply == doctest::Approx(report.snn.total() - 30 + 100 * (0.1 + 0.1)));
  CHECK(report.qann.compute == doctest::Approx(50 * (0.1 + 0.1)));
  CHECK(report.qann.weight_fetch == doctest::Approx(50 * 6.25));
  CHECK(report.qann.traffic == doctest::Approx(5 * 8 * 0.3125));
  CHECK(report.qann.analog == doctest::Approx(4.6 + 30));
  CHECK(report.twin.compute == doctest::Approx(50 * (0.05 + 0.1)));
  CHECK(report.dense.compute == doctest::Approx(50 * 1.5));
  CHECK(report.dense.weight_fetch == doctest::Approx(50 * 25));

  const EnergyReport floating = price(count, cost, {16, 16, 15});
  CHECK(floating.snn.compute == doctest::Approx(300 * 0.9));
  CHECK(floating.qann.compute == doctest::Approx(50 * 2.0));
}

TEST_CASE("parts that a table has no constant for are named") {
  CHECK(unpriced_kinds(CostTable{.add_int32 = 1}) ==
        std::vector<std::string_view>{"weight_fetch", "neurons", "traffic", "analog", "static_power"});
}

TEST_CASE("break-even scales what spikes cost, not what is always paid") {
  EnergyBreakdown snn{.compute = 30, .weight_fetch = 50, .neurons = 10, .traffic = 20, .analog = 10};
  const EnergyBreakdown other{.compute = 70};
  CHECK(break_even(snn, other) == doctest::Approx(0.5));
  CHECK(break_even(snn, EnergyBreakdown{.compute = 10}) < 0);
  snn.compute = snn.weight_fetch = snn.traffic = 0;
  CHECK(std::isinf(break_even(snn, other)));
}

TEST_CASE("nothing simulated costs nothing") {
  const CostTable cost{.add_int32 = 1, .multiply_int8 = 1, .value_message_per_bit = 1};
  const EnergyReport report = price({}, cost, {});
  CHECK(report.snn.total() == 0);
  CHECK(report.qann.total() == 0);
}

TEST_CASE("a chip is priced by its whole operations, its hops and the time that its power flows") {
  const CostTable chip{.spike_message = 1.5,
                       .synaptic_operation = 20,
                       .neuron_update_active = 80,
                       .neuron_update_idle = 50,
                       .spike_hop = 3,
                       .static_mw = 100,
                       .synaptic_operation_ns = 4,
                       .neuron_update_active_ns = 8,
                       .neuron_update_idle_ns = 5,
                       .hop_ns = 6};
  const OperationCount count = some_spikes();
  CHECK(busy_ns(count, 30, chip) == 300 * 4 + 10 * 8 + 30 * 5 + 30 * 6);
  CHECK(!busy_ns(count, 30, CostTable{.add_int32 = 1}));
  const EnergyReport report = price(count, chip, {.spike_hops = 30, .latency_ns = 1610});
  CHECK(report.snn.compute == 300 * 20);  // spikes are binary: a graded one is several
  CHECK(report.snn.weight_fetch == 0);
  CHECK(report.snn.neurons == 10 * 80 + 30 * 50);
  CHECK(report.snn.traffic == 10 * 1.5 + 30 * 3);
  CHECK(report.snn.static_power == 161000);  // 1e-3 W × 1e-9 s is 1 pJ
  CHECK(report.snn_multiply == report.snn.total() - 200 * 20);
  CHECK(report.snn_shift_add == report.snn.total() - 150 * 20);
  for (const EnergyBreakdown& other : {report.qann, report.twin, report.dense}) CHECK(std::isnan(other.total()));
  CHECK(unpriced_kinds(chip) == std::vector<std::string_view>{"analog"});
}

}  // namespace snnsim
