#include "experiments/evaluation/arrival_probe.hpp"

#include <doctest/doctest.h>

#include "core/simulation/executor.hpp"
#include "tests/support/graphs.hpp"

namespace snnsim::experiments {
namespace {

constexpr LevelRange kRange{-8, 7};
constexpr std::uint32_t kTimesteps = 4;
const Matrix<std::int16_t> kSilent(110, 1), kSpiking(110, 1, -1);

struct OnePopulation {
  SpikingGraph graph;
  NodeId id;

  explicit OnePopulation(SourceSchedule schedule = SourceSchedule::constant, NeuronModel neuron = SigmaDelta{kRange}) {
    const NodeId source = graph.add(Source{1, schedule});
    id = graph.add(tests::population(neuron, kRange, 1), source);
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
  probe.on_update({network.id, 3, rows, Matrix<float>(1, 1, 1.0F), kSilent});
  probe.on_update({network.id, 4, rows, Matrix<float>(1, 1, 4.0F), kSilent});
  CHECK(network.measured(probe).arrival == 0.5);  // |0 - 1/4|, |0 - 2/4|, |1/4 - 3/4|, 0
}

TEST_CASE("a drive that no longer changes holds: X = 2, 4, 4, 4") {
  const OnePopulation network;
  ArrivalProbe probe(network.graph, {.timesteps = kTimesteps}, 0, 1);
  const std::vector<Position> rows{0};
  probe.on_update({network.id, 1, rows, Matrix<float>(1, 1, 2.0F), kSilent});
  probe.on_update({network.id, 2, rows, Matrix<float>(1, 1, 4.0F), kSilent});
  CHECK(network.measured(probe).arrival == 0.5);  // |2/4 - 1/4|, |1 - 2/4|, |1 - 3/4|, 0
}

TEST_CASE("of many positions sixteen are watched, none before the first") {
  const OnePopulation network;
  ArrivalProbe probe(network.graph, {.timesteps = kTimesteps}, 10, 110);
  std::vector<Position> rows;
  for (Position r = 0; r < 110; ++r) rows.push_back(r);
  Matrix<float> drive(110, 1, 1.0F);
  for (Position r = 0; r < 10; ++r) drive.row(r)[0] = 0;
  for (Tick t = 1; t <= kTimesteps; ++t) probe.on_update({network.id, t, rows, drive, kSilent});
  CHECK(network.measured(probe).arrival_instances == ArrivalProbe::kMostPositions);
  CHECK(network.measured(ArrivalProbe(network.graph, {.timesteps = kTimesteps}, 5, 5)).arrival_instances == 0);
}

TEST_CASE("the arrival curve weighs neurons by the square of their drive, worked by hand") {
  const OnePopulation network;
  ArrivalProbe probe(network.graph, {.timesteps = kTimesteps}, 0, 2);
  const std::vector<Position> both{0, 1};
  Matrix<float> drive(2, 1);
  drive.row(0)[0] = 1;
  drive.row(1)[0] = -3;
  probe.on_update({network.id, 2, both, drive, kSilent});  // 1 of 4, and -3 of 2
  drive.row(0)[0] = 4;
  drive.row(1)[0] = 2;
  probe.on_update({network.id, 4, both, drive, kSilent});
  const PopulationTally tally = network.measured(probe);
  CHECK(tally.arrival_curve == std::vector<double>{0, 4 - 6, 4 - 6, 16 + 4});
  CHECK(tally.drive_squares == 16 + 4);
  CHECK(tally.drive_size == 4 + 2);
  CHECK(tally.late_size == 0);
}

TEST_CASE("input after the last step is late for clocked neurons only") {
  for (const bool clocked : {true, false}) {
    CAPTURE(clocked);
    const NeuronModel neuron =
        clocked ? NeuronModel(IntegerSpiking{kRange, kTimesteps}) : NeuronModel(SigmaDelta{kRange});
    const OnePopulation network(SourceSchedule::constant, neuron);
    ArrivalProbe probe(network.graph, {.timesteps = kTimesteps, .ticks_per_step = 10}, 0, 1);
    const std::vector<Position> rows{0};
    for (Tick step = 1; step <= kTimesteps; ++step)
      probe.on_update({network.id, 10 * step, rows, Matrix<float>(1, 1, 3.0F), kSilent});
    probe.on_late({network.id, 41, rows, Matrix<float>(1, 1, 5.0F), kSilent});
    probe.on_late({network.id, 47, rows, Matrix<float>(1, 1, 4.0F), kSilent});
    const PopulationTally tally = network.measured(probe);
    CHECK(tally.late_size == (clocked ? 1 : 0));
    CHECK(tally.drive_size == 4);
    CHECK(tally.arrival_curve == std::vector<double>(4, 12));  // three quarters of 16
    CHECK(tally.arrival == 0.5);                               // |3/4 - 1/4|
  }
}

TEST_CASE("ticks of the first and the last spike") {
  const OnePopulation network;
  ArrivalProbe probe(network.graph, {.timesteps = kTimesteps}, 0, 1);
  const std::vector<Position> rows{0};
  const Matrix<float> drive(1, 1);
  probe.on_update({network.id, 1, rows, drive, kSilent});
  CHECK(network.measured(probe).first_spike == 0);
  probe.on_update({network.id, 2, rows, drive, kSpiking});
  probe.on_update({network.id, 3, rows, drive, kSpiking});
  probe.on_update({network.id, 4, rows, drive, kSilent});
  CHECK(network.measured(probe).first_spike == 2);
  CHECK(network.measured(probe).last_spike == 3);
}

TEST_CASE("of many steps 64 are looked at, the last among them") {
  CHECK(arrival_steps(3) == std::vector<std::uint32_t>{1, 2, 3});
  const std::vector<std::uint32_t> many = arrival_steps(1000);
  CHECK(many.size() == 64);
  CHECK(many.front() == 16);
  CHECK(many.back() == 1000);
}

TEST_CASE("steps between those that are looked at count for the next") {
  const OnePopulation network;
  ArrivalProbe probe(network.graph, {.timesteps = 128}, 0, 1);
  const std::vector<Position> rows{0};
  for (Tick t = 1; t <= 128; ++t)
    probe.on_update({network.id, t, rows, Matrix<float>(1, 1, static_cast<float>(t)), kSilent});
  const PopulationTally tally = network.measured(probe);
  for (std::size_t p = 0; p < 64; ++p) CHECK(tally.arrival_curve[p] == 128.0 * 2 * static_cast<double>(p + 1));
  CHECK(tally.arrival == 0);
}

}  // namespace snnsim::experiments
