#include "core/operation_count.hpp"

#include <doctest/doctest.h>

namespace snnsim {

TEST_CASE("every count takes part in addition and subtraction") {
  static_assert(sizeof(OperationCount) == 14 * sizeof(std::uint64_t), "a new count belongs into for_each_count");
  OperationCount a, b;
  std::uint64_t next = 1;
  for_each_count(a, b, [&](std::uint64_t& x, std::uint64_t& y) {
    x = next++;
    y = 100 * next++;
  });
  OperationCount sum = a;
  sum += b;
  int counts = 0;
  for_each_count(sum, a, [&](std::uint64_t s, std::uint64_t x) {
    CHECK(s == x + 100 * (x + 1));
    ++counts;
  });
  CHECK(counts == 14);
  CHECK(sum - b == a);
  CHECK(sum - a == b);
}

}  // namespace snnsim
