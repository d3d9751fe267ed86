#include "experiments/evaluation/step_anatomy.hpp"

#include <doctest/doctest.h>

#include "core/simulation/executor.hpp"
#include "experiments/evaluation/arrival_probe.hpp"
#include "experiments/evaluation/error_anatomy.hpp"
#include "tests/support/graphs.hpp"

namespace snnsim::experiments {
namespace {

constexpr LevelRange kRange{-8, 7};
const std::vector<std::uint32_t> kAllSteps{1, 2, 3, 4};

/// One integer_spiking neuron with θ = 1 that gets X and has emitted Σ s after each of four steps (α = 2).
PopulationTally measured(const std::vector<float>& drive, const std::vector<std::int32_t>& emitted, float x) {
  const Population population = tests::population(IntegerSpiking{kRange, 4}, kRange, 1);
  PositionHistory history{.steps = kAllSteps, .drive = {}, .emitted = {}};
  for (const float& value : drive) history.drive.push_back(&value);
  for (const std::int32_t& count : emitted) history.emitted.push_back(&count);
  history.drive.push_back(&drive.back());
  PopulationTally tally;
  measure_steps(population, history, &x, tally);
  return tally;
}

}  // namespace

TEST_CASE("the terms after each step, worked by hand") {
  // Q(x) = 3. After the steps a = -1, 1, 2, 2 and Q(X) = 0, 1, 4, 3.
  const PopulationTally tally = measured({0, 1, 4, 3}, {1, 5, 8, 10}, 3.25F);
  CHECK(tally.steps.dense == 3.25 * 3.25);
  CHECK(tally.steps.clipping == 0);
  CHECK(tally.steps.quantization == 0.0625);
  CHECK(tally.steps.propagated == std::vector<double>{9, 4, 1, 0});
  CHECK(tally.steps.unevenness == std::vector<double>{1, 0, 4, 1});
  CHECK(tally.steps.total == std::vector<double>{4.25 * 4.25, 2.25 * 2.25, 1.25 * 1.25, 1.25 * 1.25});
}

TEST_CASE("uneven neurons by how their input came") {
  const std::vector<std::int32_t> one_less{0, 0, 0, 10};  // a = 2 in the end
  CHECK(measured({0, 0, 0, 2}, one_less, 0).causes == UnevenCauses{});
  CHECK(measured({0, 0, 1, 5}, one_less, 0).causes.late == UnevenInstances{1, 9});
  CHECK(measured({0, 6, 4, 3}, one_less, 0).causes.overshooting == UnevenInstances{1, 1});
  CHECK(measured({0, 6, 4, 5}, one_less, 0).causes.alternating == UnevenInstances{1, 9});
  CHECK(measured({0.25F, 0.5F, 0.75F, 1.0F}, one_less, 0).causes.slow == UnevenInstances{1, 1});
  CHECK(measured({2, 1.75F, 2.75F, 4}, one_less, 0).causes.late.instances == 1);  // a quarter back is no turn
}

TEST_CASE("the terms after the last step of a run are those that are measured in the end") {
  SpikingGraph graph;
  const NodeId source = graph.add(Source{3, SourceSchedule::constant});
  const NodeId id = graph.add(tests::population(IntegerSpiking{kRange, 4}, kRange, 3), source);
  graph.finish();
  constexpr std::size_t kPositions = 5;
  Matrix<float> input(kPositions, 3), dense(kPositions, 3);
  for (std::size_t i = 0; i < input.values().size(); ++i) {
    input.values()[i] = static_cast<float>(i) * 1.7F - 11;
    dense.values()[i] = static_cast<float>(i) * 1.6F - 11;
  }
  NetworkState state(graph, 4);
  state.append(input);
  ArrivalProbe probe(graph, {.timesteps = 4}, 0, kPositions);
  make_event_executor(graph, TimeSettings{.timesteps = 4})->run(state, 0, kPositions, &probe);
  PopulationTally whole, steps;
  PositionErrors positions;
  measure_errors(graph, state, id, dense, 0, whole, positions);
  probe.measure_errors(id, dense, steps);
  CHECK(whole.unevenness > 0);
  CHECK(steps.steps.dense == doctest::Approx(whole.dense));
  CHECK(steps.steps.clipping == doctest::Approx(whole.clipping));
  CHECK(steps.steps.quantization == doctest::Approx(whole.quantization));
  CHECK(steps.steps.propagated.back() == doctest::Approx(whole.propagated));
  CHECK(steps.steps.unevenness.back() == doctest::Approx(whole.unevenness));
  CHECK(steps.steps.total.back() == doctest::Approx(whole.total));
  const UnevenCauses& causes = steps.causes;
  CHECK(causes.late.instances + causes.slow.instances == whole.uneven);  // a constant current does not turn
}

}  // namespace snnsim::experiments
