#include "core/simulation/network_state.hpp"

#include <array>

#include <doctest/doctest.h>

#include "core/simulation/executor.hpp"
#include "tests/support/graphs.hpp"

namespace snnsim {
namespace {

using tests::float_projection;
using tests::integer_projection;
using tests::population;

/// x -> A (2 sigma-delta, θ = 1) -> 3 x 2 weights -> B (3 integer-spiking, θ = 4, T = 2: α = 1, L = 2) -> 1 x 3 -> sum.
struct TwoPopulations {
  SpikingGraph graph;
  NodeId source, a, first, b, second, sum;

  TwoPopulations() {
    constexpr LevelRange wide{-8, 7}, narrow{-2, 1};
    source = graph.add(Source{2});
    a = graph.add(population(SigmaDelta{wide}, wide, 2), source);
    first = graph.add(integer_projection(3, 2, {1, 2, 3, 4, 5, -6}), a);
    b = graph.add(population(IntegerSpiking{narrow, 2}, narrow, 3, 4), first);
    Projection half_bytes = integer_projection(1, 3, {1, 1, 1});
    half_bytes.weight_bits = 4;
    second = graph.add(std::move(half_bytes), b);
    sum = graph.add(std::make_shared<Sum>(1), {second, second});
    graph.set_output(sum);
    graph.finish();
  }
};

Matrix<float> one_row(std::initializer_list<float> values) {
  Matrix<float> row(1, values.size());
  std::ranges::copy(values, row.row(0));
  return row;
}

std::vector<std::int32_t> emitted(const NetworkState& state, NodeId population, Position position, std::size_t width) {
  std::vector<std::int32_t> counts(width);
  state.emitted(population, position, counts);
  return counts;
}

}  // namespace

// Worked by hand for x = (2, -3), T = 2:
//   t   x(t)        A emits    sums               B's m/θ             B emits     1 x 3: Σ s - α t Σ w
//   1   (1, -1.5)   (1, -1)    (-1, -1, 11)       (1.25, 1.25, 4.25)  (1, 1, 2)   4 - 3 = 1
//   2   (2, -3)     (1, -2)    (-4, -6, 28)       (0.5, 0, 7.5)       (0, 0, 2)   6 - 6 = 0
TEST_CASE_FIXTURE(TwoPopulations, "two populations, worked by hand") {
  NetworkState state(graph, 2);
  state.append(one_row({2, -3}));
  const SimulationTiming timing = make_stepped_executor(graph, TimeSettings{.timesteps = 2})->run(state, 0, 1, nullptr);
  CHECK(emitted(state, a, 0, 2) == std::vector<std::int32_t>{2, -3});
  CHECK(emitted(state, b, 0, 3) == std::vector<std::int32_t>{-1, -1, 2});
  CHECK(state.value(first) == [] {
    Matrix<float> drive(1, 3);
    std::ranges::copy(std::array{-4.0F, -6.0F, 28.0F}, drive.row(0));
    return drive;
  }());
  CHECK(state.value(second).row(0)[0] == 0);
  CHECK(state.activity(a) == PopulationActivity{.spikes = 4, .magnitude = 5, .shift_adds = 4, .updates = 4});
  CHECK(state.activity(b) == PopulationActivity{.spikes = 4, .magnitude = 6, .shift_adds = 4, .updates = 6});
  CHECK(state.operations() == OperationCount{.synaptic_operations = 4 * 3 + 4 * 1,
                                             .synaptic_magnitude = 5 * 3 + 6 * 1,
                                             .synaptic_shift_adds = 4 * 3 + 4 * 1,
                                             .neuron_updates = 4 + 6,
                                             .neurons_active = 4 + 4,
                                             .weight_bytes = 4 * 3 + 4 / 2,
                                             .spike_messages = 4 + 4,
                                             .multiply_accumulates = 2 * 3 + 3 * 1,
                                             .analog = {.multiply_accumulates = 2},
                                             .analog_once = {.multiply_accumulates = 1}});
  CHECK(timing.first_output == 1);
  CHECK(timing.quiescence == 2);
}

// As above, but A's first neuron reaches one of three neurons and the second two: 2 and 2 of its 4 spikes.
TEST_CASE("sparse synapses: the sums of dense ones, and the operations of those that are there") {
  constexpr LevelRange wide{-8, 7};
  const std::vector<std::int8_t> weights{3, 0, 0, 5, 0, -6};
  const auto run = [&](Projection projection) {
    SpikingGraph graph;
    const NodeId a = graph.add(population(SigmaDelta{wide}, wide, 2), graph.add(Source{2}));
    const NodeId drive = graph.add(std::move(projection), a);
    graph.set_output(drive);
    graph.finish();
    NetworkState state(graph, 2);
    state.append(one_row({2, -3}));
    make_event_executor(graph, TimeSettings{.timesteps = 2})->run(state, 0, 1, nullptr);
    return std::pair(state.value(drive), state.operations());
  };
  const auto [dense, all] = run(integer_projection(3, 2, weights));
  const auto [sparse, counted] = run(tests::sparse_projection(3, 2, weights));
  CHECK(sparse == dense);
  CHECK(counted.synaptic_operations == 2 * 1 + 2 * 2);
  CHECK(counted.synaptic_magnitude == 2 * 1 + 3 * 2);
  CHECK(counted.weight_bytes == counted.synaptic_operations);
  CHECK(counted.spike_messages == all.spike_messages);
  CHECK(counted.multiply_accumulates == 3);
  CHECK(all.synaptic_operations == 4 * 3);
}

TEST_CASE_FIXTURE(TwoPopulations, "the value after one of two steps has half of the offsets taken off") {
  NetworkState state(graph, 2);
  state.append(one_row({2, -3}));
  const std::array<Position, 1> row{0};
  for (const NodeId id : graph.order()) state.update(id, row, {1, 1});
  CHECK(state.value(second).row(0)[0] == 1);
  CHECK(state.value(sum).row(0)[0] == 2);
}

TEST_CASE_FIXTURE(TwoPopulations, "settled positions cost nothing, and clear() forgets everything") {
  NetworkState state(graph, 2);
  const auto executor = make_event_executor(graph, TimeSettings{.timesteps = 2});
  state.append(one_row({2, -3}));
  executor->run(state, 0, 1, nullptr);
  const OperationCount once = state.operations();
  const Matrix<float> drive = state.value(first);
  state.clear();
  CHECK(state.positions() == 0);
  CHECK(state.operations() == OperationCount{});
  state.append_settled(3);
  state.append(one_row({2, -3}));
  executor->run(state, 3, 4, nullptr);
  CHECK(state.operations() == once);
  CHECK(state.value(first).row(3)[2] == drive.row(0)[2]);
  CHECK(state.value(first).row(2)[2] == 0);
}

TEST_CASE("a population that operators read hands on θ (Σ s - α t)") {
  constexpr LevelRange range{-2, 2};
  SpikingGraph graph;
  const NodeId source = graph.add(Source{1, SourceSchedule::impulse});
  const NodeId spikes = graph.add(population(IntegerSpiking{range, 3}, range, 1, 0.5F), source);
  graph.add(float_projection(Matrix<float>(1, 1, 2.0F)), spikes);
  graph.finish();
  NetworkState state(graph, 3);
  state.append(one_row({0.5F}));  // one level: m/θ = 1.5 + 2/3, and again what is left plus 2/3
  const std::array<Position, 1> row{0};
  const float expected[] = {0.5F * static_cast<float>(2 - 2 / 3.0), 0.5F * static_cast<float>(2 - 4 / 3.0), 0.5F};
  for (std::uint32_t step = 1; step <= 3; ++step) {
    for (const NodeId id : graph.order()) state.update(id, row, {step, step});
    CHECK(state.value(spikes).row(0)[0] == expected[step - 1]);
  }
  CHECK(state.value(2).row(0)[0] == 1.0F);
}

TEST_CASE("the last share of a constant source is the input itself, to the bit") {
  for (const std::uint32_t timesteps : {1, 3, 7, 10}) {
    SpikingGraph graph;
    const NodeId source = graph.add(Source{1});
    graph.finish();
    NetworkState state(graph, timesteps);
    state.append(one_row({0.1F}));
    const std::array<Position, 1> row{0};
    for (std::uint32_t step = 1; step <= timesteps; ++step) state.update(source, row, {step, step});
    CHECK(state.value(source).row(0)[0] == 0.1F);
  }
}

TEST_CASE("an initial potential that reaches a level by itself fires, with or without input") {
  constexpr LevelRange range{-8, 7};
  SpikingGraph graph;
  const NodeId silent = graph.add(population(SigmaDelta{range}, range, 1), graph.add(Source{1}));
  const NodeId drive = graph.add(integer_projection(3, 1, {1, 1, 1}), silent);  // nothing ever arrives
  Population started = population(SigmaDelta{range}, range, 3);
  started.initial_potential = {1.5F, -0.25F, 0.5F};
  const NodeId spikes = graph.add(started, drive);
  graph.finish();
  for (const auto& executor : {make_event_executor(graph, TimeSettings{.timesteps = 2}),
                               make_stepped_executor(graph, TimeSettings{.timesteps = 2})}) {
    NetworkState state(graph, 2);
    state.append(one_row({0.1F}));
    executor->run(state, 0, 1, nullptr);
    CHECK(emitted(state, spikes, 0, 3) == std::vector<std::int32_t>{1, -1, 0});
  }
}

}  // namespace snnsim
