#include "core/simulation/scheduler.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "tests/support/random.hpp"

namespace snnsim {
namespace {

using Positions = std::vector<Position>;

Positions random_positions(tests::Random& random) {
  std::set<Position> positions;
  for (int i = random.between(0, 5); i > 0; --i) positions.insert(static_cast<Position>(random.between(0, 9)));
  return {positions.begin(), positions.end()};
}

}  // namespace

TEST_CASE("batches come in the order (tick, rank, node)") {
  Scheduler scheduler(10);
  const std::vector<EventKey> ordered{{1, 0, 3}, {1, 2, 0}, {1, 2, 1}, {2, 0, 9}, {2, 1, 0}};
  for (const std::size_t i : {3, 0, 4, 2, 1}) scheduler.schedule(ordered[i], Positions{5});
  for (const EventKey& key : ordered) CHECK(scheduler.pop().key == key);
  CHECK(scheduler.empty());
}

TEST_CASE("positions of one key travel together, ascending, each once") {
  Scheduler scheduler(2);
  const EventKey now{1, 0, 1}, later{2, 0, 1};
  scheduler.schedule(now, Positions{4, 7});
  scheduler.schedule(later, Positions{0});
  scheduler.schedule(now, Positions{1, 4, 9});
  scheduler.schedule(now, Positions{7});
  scheduler.schedule(now, {});
  const Scheduler::Batch batch = scheduler.pop();
  CHECK(batch.key == now);
  CHECK(batch.positions == Positions{1, 4, 7, 9});
  CHECK(scheduler.pop().positions == Positions{0});
  CHECK(scheduler.empty());
}

TEST_CASE("no positions, no batch") {
  Scheduler scheduler(1);
  scheduler.schedule({1, 0, 0}, {});
  CHECK(scheduler.empty());
}

TEST_CASE("any mixture of schedule() and pop() equals an ordered map of sets") {
  tests::Random random{14};
  Scheduler scheduler(6);
  std::map<EventKey, std::set<Position>> expected;
  Tick now = 1;
  for (int i = 0; i < 5000; ++i) {
    if (random.between(0, 2) > 0) {
      const auto node = static_cast<NodeId>(random.between(0, 5));
      const EventKey key{now + static_cast<Tick>(random.between(0, 3)), node / 2, node};
      const Positions positions = random_positions(random);
      scheduler.schedule(key, positions);
      if (!positions.empty()) expected[key].insert(positions.begin(), positions.end());
    } else if (!expected.empty()) {
      const auto [key, positions] = *expected.begin();
      const Scheduler::Batch batch = scheduler.pop();
      REQUIRE(batch.key == key);
      REQUIRE(batch.positions == Positions(positions.begin(), positions.end()));
      expected.erase(expected.begin());
      now = key.tick;
    }
    REQUIRE(scheduler.empty() == expected.empty());
  }
}

}  // namespace snnsim
