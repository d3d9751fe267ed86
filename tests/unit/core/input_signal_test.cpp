#include "core/input_signal.hpp"

#include <array>
#include <stdexcept>

#include <doctest/doctest.h>

#include "core/simulation/executor.hpp"
#include "tests/support/graphs.hpp"

namespace snnsim {

TEST_CASE("spike trains count the spikes of each position up to a step") {
  const SpikeTrains trains(3, 4, 2, {{3, 1, 2, 5}, {1, 0, 0, 1}, {1, 0, 0, 2}, {1, 1, 1, -1}, {4, 0, 2, 1}});
  CHECK(trains.width() == 3);
  CHECK(trains.events().size() == 4);  // the two of one place are one
  std::array<float, 3> first{}, second{};
  CHECK(trains.advance(0, 1, first));
  CHECK(trains.advance(1, 1, second));
  CHECK(first == std::array<float, 3>{3, 0, 0});
  CHECK(second == std::array<float, 3>{0, -1, 0});
  CHECK_FALSE(trains.advance(0, 2, first));
  CHECK_FALSE(trains.advance(0, 3, first));
  CHECK(trains.advance(1, 3, second));
  CHECK(second == std::array<float, 3>{0, -1, 5});
  CHECK(trains.advance(0, 4, first));
  CHECK(first == std::array<float, 3>{3, 0, 1});
  CHECK_FALSE(trains.advance(0, 5, first));
}

TEST_CASE("one position of spike trains is that of all") {
  const SpikeTrains trains(1, 1, 1, {{1, 0, 0, 7}});
  std::array<float, 1> value{};
  CHECK(trains.advance(12, 1, value));
  CHECK(value[0] == 7);
}

TEST_CASE("spike trains refuse what lies outside") {
  CHECK_THROWS_AS(SpikeTrains(2, 3, 1, {{4, 0, 0, 1}}), std::out_of_range);
  CHECK_THROWS_AS(SpikeTrains(2, 3, 1, {{0, 0, 0, 1}}), std::out_of_range);
  CHECK_THROWS_AS(SpikeTrains(2, 3, 1, {{1, 1, 0, 1}}), std::out_of_range);
  CHECK_THROWS_AS(SpikeTrains(2, 3, 1, {{1, 0, 2, 1}}), std::out_of_range);
}

TEST_CASE("a sigma-delta population emits given spikes again; a steady current adds to what they drive") {
  constexpr LevelRange wide{-1000, 1000};
  SpikingGraph graph;
  const auto trains = std::make_shared<const SpikeTrains>(
      2, 3, 2, std::vector<SpikeEvent>{{1, 0, 0, 1}, {2, 1, 1, 3}, {3, 0, 0, 2}, {3, 1, 1, -1}});
  Population relay = tests::population(SigmaDelta{wide}, wide, 2);
  relay.initial_potential = {0, 0};
  const NodeId input = graph.add(relay, graph.add(signal_source(trains)));
  const NodeId drive = graph.add(tests::integer_projection(1, 2, {1, 10}), input);
  const NodeId current = graph.add(signal_source(std::make_shared<const SteadyCurrent>(std::vector<float>{0.25F})));
  const NodeId sum = graph.add(std::make_shared<Sum>(1), {drive, current});
  graph.set_output(sum);
  graph.finish();
  for (const auto& executor : {make_event_executor(graph, TimeSettings{.timesteps = 3}),
                               make_stepped_executor(graph, TimeSettings{.timesteps = 3})}) {
    NetworkState state(graph, 3);
    state.append(Matrix<float>(2, 0));
    executor->run(state, 0, 2, nullptr);
    CHECK(state.value(sum).row(0)[0] == 3 + 0.75F);
    CHECK(state.value(sum).row(1)[0] == 20 + 0.75F);
    CHECK(state.activity(input) ==
          PopulationActivity{.spikes = 4, .magnitude = 7, .shift_adds = 1 + 2 + 1 + 1, .updates = 2 * 4});
  }
}

}  // namespace snnsim
