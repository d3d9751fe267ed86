#include "experiments/evaluation/arrival_probe.hpp"

#include <doctest/doctest.h>

#include "core/simulation/executor.hpp"
#include "tests/support/graphs.hpp"

namespace snnsim::experiments {
namespace {

constexpr LevelRange kRange{-8, 7};
constexpr std::uint32_t kTimesteps = 4;

struct OnePopulation {
  SpikingGraph graph;
  NodeId id;

  explicit OnePopulation(SourceSchedule schedule = SourceSchedule::constant) {
    const NodeId source = graph.add(Source{1, schedule});
    id = graph.add(tests::population(SigmaDelta{kRange}, kRange, 1), source);
    graph.finish();
  }

  PopulationTally measured(const ArrivalProbe& probe) const {
    PopulationTally tally;
    probe.measure(id, tally);
    return tally;
  }

  /// What the probe makes of a whole run.
  PopulationTally simulated(std::size_t positions, float input) const {
    NetworkState state(graph, kTimesteps);
    state.append(Matrix<float>(positions, 1, input));
    ArrivalProbe probe(graph, {.timesteps = kTimesteps}, 0, positions);
    make_event_executor(graph, TimeSettings{.timesteps = kTimesteps})
        ->run(state, 0, static_cast<Position>(positions), &probe);
    return measured(probe);
  }
};

}  // namespace

TEST_CASE("current that comes evenly has no arrival unevenness") {
  const PopulationTally tally = OnePopulation().simulated(3, 2.0F);
  CHECK(tally.arrival == 0);
  CHECK(tally.arrival_instances == 3);
}

TEST_CASE("current that comes all at once is early by 1 - 1/T") {
  CHECK(OnePopulation(SourceSchedule::impulse).simulated(1, -5.0F).arrival == doctest::Approx(0.75));
}

TEST_CASE("neurons without any current are not looked at") {
  CHECK(OnePopulation().simulated(2, 0.0F).arrival_instances == 0);
}

TEST_CASE("late arrivals, worked by hand: X = 0, 0, 1, 4") {
  const OnePopulation network;
  ArrivalProbe probe(network.graph, {.timesteps = kTimesteps}, 0, 1);
  const std::vector<Position> rows{0};
  probe.on_update({network.id, 3, rows, Matrix<float>(1, 1, 1.0F), {}});
  probe.on_update({network.id, 4, rows, Matrix<float>(1, 1, 4.0F), {}});
  CHECK(network.measured(probe).arrival == 0.5);  // |0 - 1/4|, |0 - 2/4|, |1/4 - 3/4|, 0
}

TEST_CASE("a drive that no longer changes holds: X = 2, 4, 4, 4") {
  const OnePopulation network;
  ArrivalProbe probe(network.graph, {.timesteps = kTimesteps}, 0, 1);
  const std::vector<Position> rows{0};
  probe.on_update({network.id, 1, rows, Matrix<float>(1, 1, 2.0F), {}});
  probe.on_update({network.id, 2, rows, Matrix<float>(1, 1, 4.0F), {}});
  CHECK(network.measured(probe).arrival == 0.5);  // |2/4 - 1/4|, |1 - 2/4|, |1 - 3/4|, 0
}

TEST_CASE("of many positions sixteen are watched, none before the first") {
  const OnePopulation network;
  ArrivalProbe probe(network.graph, {.timesteps = kTimesteps}, 10, 110);
  std::vector<Position> rows;
  for (Position r = 0; r < 110; ++r) rows.push_back(r);
  Matrix<float> drive(110, 1, 1.0F);
  for (Position r = 0; r < 10; ++r) drive.row(r)[0] = 0;
  for (Tick t = 1; t <= kTimesteps; ++t) probe.on_update({network.id, t, rows, drive, {}});
  CHECK(network.measured(probe).arrival_instances == ArrivalProbe::kMostPositions);
  CHECK(network.measured(ArrivalProbe(network.graph, {.timesteps = kTimesteps}, 5, 5)).arrival_instances == 0);
}

}  // namespace snnsim::experiments
