#include "experiments/evaluation/python_random.hpp"

#include <vector>

#include <doctest/doctest.h>

namespace snnsim::experiments {
namespace {

std::vector<std::int64_t> draw(std::uint64_t seed, std::int64_t low, std::int64_t high, std::size_t count) {
  PythonRandom random(seed);
  std::vector<std::int64_t> drawn(count);
  for (std::int64_t& value : drawn) value = random.randint(low, high);
  return drawn;
}

}  // namespace

// Expected values are what CPython 3.11 prints.
TEST_CASE("randint draws what Python draws") {
  using Values = std::vector<std::int64_t>;
  CHECK(draw(2, 0, 100000, 5) == Values{7412, 12004, 11124, 47324, 22162});
  CHECK(draw(0, 0, 45575, 5) == Values{25247, 27562, 2653, 16968, 33506});
  CHECK(draw((std::uint64_t{1} << 40U) + 3, -5, 5, 8) == Values{-2, -5, 3, -4, 4, -1, 1, -2});  // two words of seed
}

TEST_CASE("a range of one value uses up draws, as in Python") {
  PythonRandom random(1);
  CHECK(random.randint(0, 1000000) == 140891);
  PythonRandom other(1);
  CHECK(other.randint(7, 7) == 7);
  CHECK(other.randint(0, 1000000) == 596853);
  CHECK(draw(3, 0, 4294967293, 3) == std::vector<std::int64_t>{1022050301, 2545373330, 2337446730});
}

}  // namespace snnsim::experiments
