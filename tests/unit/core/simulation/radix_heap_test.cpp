#include "core/simulation/radix_heap.hpp"

#include <queue>

#include <doctest/doctest.h>

#include "tests/support/random.hpp"

namespace snnsim {

TEST_CASE("a radix heap gives the order of a priority queue, whatever the spread of the keys") {
  for (const int bits : {2, 10, 30, 48}) {
    tests::Random random{static_cast<std::uint64_t>(bits)};
    RadixHeap heap;
    std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> expected;
    std::uint64_t last = 0;
    for (int i = 0; i < 20000; ++i) {
      if (random.between(0, 4) < (i < 10000 ? 3 : 2)) {
        const std::uint64_t key =
            last + static_cast<std::uint64_t>(random.uniform() * static_cast<float>(1ULL << bits));
        heap.push(key);
        expected.push(key);
      } else if (!expected.empty()) {
        last = heap.pop();
        REQUIRE(last == expected.top());
        expected.pop();
        REQUIRE(heap.repeats() == (!expected.empty() && expected.top() == last));
      }
      REQUIRE(heap.size() == expected.size());
      REQUIRE(heap.empty() == expected.empty());
    }
  }
}

}  // namespace snnsim
