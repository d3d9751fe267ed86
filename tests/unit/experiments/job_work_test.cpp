#include "experiments/job_work.hpp"

#include <cmath>
#include <limits>
#include <set>

#include <doctest/doctest.h>

#include "tests/unit/experiments/sample_result.hpp"

namespace snnsim::experiments {

TEST_CASE("a segment's result comes through a message bit for bit") {
  WorkResult result;
  result.segment = sample_result(1, 2);
  result.tokens = {{1, 10, 0.1, 1e-300, std::numeric_limits<double>::quiet_NaN()}, {2, 11, 1.0 / 3, 0, 7}};
  const WorkResult back = result_from(to_message(result));
  CHECK(back.segment == result.segment);
  CHECK_FALSE(back.chunk);
  REQUIRE(back.tokens.size() == 2);
  CHECK(back.tokens[0].qann == 1e-300);
  CHECK(std::isnan(back.tokens[0].snn));
  CHECK(back.tokens[1].position == 2);
  CHECK(back.tokens[1].dense == 1.0 / 3);
}

TEST_CASE("a chunk's result comes through a message") {
  WorkResult result;
  result.chunk = ZeroShotResult{.task = 1, .chunk = 3, .items = 8, .snn = {.correct = 5, .nll = 1.0 / 7}};
  const WorkResult back = result_from(to_message(result));
  CHECK(back.chunk == result.chunk);
  CHECK_FALSE(back.segment);
}

TEST_CASE("the list of work comes through a message; shares are disjoint and leave nothing out") {
  WorkList list{"/runs/a \"b\"-01234567", {}};
  for (std::size_t k = 0; k < 7; ++k) list.items.push_back({k > 4, k / 3, k});
  const WorkList back = list_from(to_message(list));
  CHECK(back.directory == list.directory);
  CHECK(back.items == list.items);
  std::set<std::size_t> seen;
  std::size_t all = 0;
  for (std::size_t rank = 0; rank < 3; ++rank)
    for (const WorkItem& item : back.share(rank, 3)) {
      seen.insert(item.index);
      ++all;
    }
  CHECK(seen.size() == 7);
  CHECK(all == 7);
  CHECK(back.share(8, 9).empty());
}

}  // namespace snnsim::experiments
