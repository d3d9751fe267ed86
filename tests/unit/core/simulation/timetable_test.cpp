#include "core/simulation/timetable.hpp"

#include <doctest/doctest.h>

#include "tests/support/graphs.hpp"

namespace snnsim {
namespace {

using tests::integer_projection;
using tests::population;

constexpr LevelRange kRange{-8, 7};

/// source -> a -> (delay, jitter) -> b -> c, all of width 1.
struct Chain {
  SpikingGraph graph;
  NodeId a, b, c;

  Chain(std::optional<std::uint32_t> phase, Axon axon, SourceSchedule schedule = SourceSchedule::constant) {
    const auto add = [&](NodeId drive) {
      Population p = population(IntegerSpiking{kRange, 4}, kRange, 1);
      p.phase = phase;
      return graph.add(std::move(p), drive);
    };
    a = add(graph.add(Source{1, schedule}));
    Projection projection = integer_projection(1, 1, {1});
    projection.axon = axon;
    b = add(graph.add(std::move(projection), a));
    c = add(graph.add(integer_projection(1, 1, {1}), b));
    graph.finish();
  }
  std::vector<std::uint32_t> first_steps(std::uint32_t ticks_per_step) const {
    const Timetable timetable(graph, {.timesteps = 4, .ticks_per_step = ticks_per_step});
    return {timetable.first_step(a), timetable.first_step(b), timetable.first_step(c)};
  }
};

using Steps = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("populations start with their inputs, later by whole steps of delay, whatever the jitter") {
  CHECK(Chain(0, {}).first_steps(1) == Steps{1, 1, 1});
  CHECK(Chain(0, {.delay = 2}).first_steps(1) == Steps{1, 3, 3});
  CHECK(Chain(0, {.delay = 2}).first_steps(2) == Steps{1, 2, 2});
  CHECK(Chain(0, {.delay = 1, .jitter = 9}).first_steps(4) == Steps{1, 2, 2});
}

TEST_CASE("a phase starts every population so much after the one before it") {
  CHECK(Chain(1, {}).first_steps(1) == Steps{2, 3, 4});
  CHECK(Chain(3, {.delay = 3}).first_steps(2) == Steps{4, 9, 12});
}

TEST_CASE("without a phase populations run one after another, when everything has arrived") {
  CHECK(Chain(std::nullopt, {}).first_steps(1) == Steps{5, 9, 13});
  CHECK(Chain(std::nullopt, {.jitter = 7}).first_steps(1) == Steps{5, 15, 19});  // the last spike of 5..8 comes at 15
  const Chain chain(std::nullopt, {});
  const Timetable timetable(chain.graph, {.timesteps = 4});
  CHECK(timetable.last_step(chain.c) == 16);
  CHECK(timetable.steps() == 16);
  CHECK_FALSE(timetable.wakes(chain.b, 8));
  CHECK(timetable.wakes(chain.b, 9));
  CHECK(timetable.wakes(chain.b, 12));
  CHECK_FALSE(timetable.wakes(chain.b, 13));
}

TEST_CASE("a tick belongs to the step whose boundary comes next") {
  const Chain chain(0, {});
  const Timetable timetable(chain.graph, {.timesteps = 4, .ticks_per_step = 5});
  CHECK(timetable.moment(1).step == 1);
  CHECK(timetable.moment(5).step == 1);
  CHECK(timetable.moment(6).step == 2);
  CHECK(timetable.boundary(4) == 20);
}

TEST_CASE("a cycle needs a delay, and then all populations start at once") {
  const auto loop = [](Axon axon) {
    SpikingGraph graph;
    Projection back = integer_projection(1, 1, {1});
    back.axon = axon;
    const NodeId projection = graph.add(std::move(back));
    const NodeId drive = graph.add(std::make_shared<Sum>(1), {graph.add(Source{1}), projection});
    const NodeId a = graph.add(population(SigmaDelta{kRange}, kRange, 1), drive);
    graph.connect(a, projection);
    graph.finish();
    CHECK(graph.cyclic());
    return Timetable(graph, {.timesteps = 4}).first_step(a);
  };
  CHECK(loop({.delay = 3}) == 1);
  CHECK_THROWS_AS(loop({.jitter = 3}), std::logic_error);
  CHECK_THROWS_AS(loop({}), std::logic_error);
}

}  // namespace snnsim
