#include "core/simulation/scheduler.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "tests/support/graphs.hpp"
#include "tests/support/random.hpp"

namespace snnsim {
namespace {

using Positions = std::vector<Position>;

/// Three sources, then a chain of two sums over each pair: nodes 0..2 of rank 0, 3..4 of rank 1, 5 of rank 2.
SpikingGraph three_ranks() {
  SpikingGraph graph;
  const NodeId a = graph.add(Source{1}), b = graph.add(Source{1}), c = graph.add(Source{1});
  const NodeId left = graph.add(std::make_shared<Sum>(1), {a, b}), right = graph.add(std::make_shared<Sum>(1), {b, c});
  graph.add(std::make_shared<Sum>(1), {left, right});
  graph.finish();
  return graph;
}

Positions random_positions(tests::Random& random) {
  std::set<Position> positions;
  for (int i = random.between(0, 5); i > 0; --i) positions.insert(static_cast<Position>(random.between(0, 9)));
  return {positions.begin(), positions.end()};
}

using Key = std::tuple<Tick, std::uint32_t, NodeId>;  // tick, rank, node

}  // namespace

TEST_CASE("groups come in the order (tick, rank), their nodes ascending") {
  const SpikingGraph graph = three_ranks();
  Scheduler scheduler(graph);
  for (const NodeId node : {5, 2, 4, 0}) scheduler.schedule(1, node, Positions{5});
  scheduler.schedule(2, 1, Positions{5});
  CHECK(scheduler.size() == 5);
  std::vector<Key> seen;
  while (!scheduler.empty()) {
    const Scheduler::Group group = scheduler.pop();
    for (const Scheduler::Batch& batch : group.batches)
      seen.emplace_back(group.tick, graph.rank(batch.node), batch.node);
  }
  CHECK(seen == std::vector<Key>{{1, 0, 0}, {1, 0, 2}, {1, 1, 4}, {1, 2, 5}, {2, 0, 1}});
}

TEST_CASE("positions of one batch travel together, ascending, each once") {
  const SpikingGraph graph = three_ranks();
  Scheduler scheduler(graph);
  scheduler.schedule(1, 4, Positions{4, 7});
  scheduler.schedule(2, 4, Positions{0});
  scheduler.schedule(1, 4, Positions{1, 4, 9});
  scheduler.schedule(1, 4, Positions{7});
  scheduler.schedule(1, 4, {});
  const Scheduler::Group group = scheduler.pop();
  CHECK(group.tick == 1);
  REQUIRE(group.batches.size() == 1);
  CHECK(group.batches[0].positions == Positions{1, 4, 7, 9});
  CHECK(scheduler.pop().batches[0].positions == Positions{0});
  CHECK(scheduler.empty());
}

TEST_CASE("no positions, no batch") {
  const SpikingGraph graph = three_ranks();
  Scheduler scheduler(graph);
  scheduler.schedule(1, 0, {});
  CHECK(scheduler.empty());
}

TEST_CASE("any mixture of schedule() and pop() equals an ordered map of sets") {
  const SpikingGraph graph = three_ranks();
  for (const int spread : {3, 100, 100000}) {
    tests::Random random{14};
    Scheduler scheduler(graph);
    std::map<Key, std::set<Position>> expected;
    Tick now = 1;
    std::uint32_t rank = 0;
    for (int i = 0; i < 5000; ++i) {
      if (random.between(0, 2) > 0) {
        const auto node = static_cast<NodeId>(random.between(0, 5));
        const bool later = graph.rank(node) <= rank;  // what follows from a group comes after it
        const Tick tick = now + static_cast<Tick>(random.between(later ? 1 : 0, spread));
        const Positions positions = random_positions(random);
        scheduler.schedule(tick, node, positions);
        if (!positions.empty()) expected[{tick, graph.rank(node), node}].insert(positions.begin(), positions.end());
      } else if (!expected.empty()) {
        const Scheduler::Group group = scheduler.pop();
        std::tie(now, rank, std::ignore) = expected.begin()->first;
        for (const Scheduler::Batch& batch : group.batches) {
          REQUIRE(expected.begin()->first == Key{group.tick, rank, batch.node});
          const std::set<Position>& positions = expected.begin()->second;
          REQUIRE(batch.positions == Positions(positions.begin(), positions.end()));
          expected.erase(expected.begin());
        }
        REQUIRE((expected.empty() || std::get<0>(expected.begin()->first) != group.tick ||
                 std::get<1>(expected.begin()->first) != rank));
      }
      REQUIRE(scheduler.size() == expected.size());
    }
  }
}

}  // namespace snnsim
