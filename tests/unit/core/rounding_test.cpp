#include "core/rounding.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "tests/support/random.hpp"

namespace snnsim {

TEST_CASE("halves round up on both sides of zero") {
  constexpr LevelRange range{-8, 7};
  for (std::int32_t k = -7; k < 7; ++k) {
    const float half = static_cast<float>(k) + 0.5F;
    CHECK(quantize(half, 1, range) == k + 1);
    if (k != 0) CHECK(quantize(std::nextafter(half, -100.0F), 1, range) == k);
    CHECK(quantize(static_cast<float>(k), 1, range) == k);
    CHECK(quantize(half * 0.25F, 0.25F, range) == k + 1);
  }
  CHECK(quantize(-0.0F, 1, range) == 0);
}

TEST_CASE("of all quotients only the neighbour of 1/2 rounds up too early") {
  const float neighbour = std::nextafter(0.5F, 0.0F);
  CHECK(quantize(neighbour, 1, {-1, 1}) == 1);
  CHECK(quantize(std::nextafter(neighbour, 0.0F), 1, {-1, 1}) == 0);
}

TEST_CASE("what lies outside the levels is clipped, whatever its size") {
  constexpr float infinity = std::numeric_limits<float>::infinity(), largest = std::numeric_limits<float>::max();
  for (const LevelRange range : {LevelRange{-128, 127}, LevelRange{-1, 1}, LevelRange{0, 3}}) {
    for (const float x : {300.0F, 1e20F, largest, infinity}) {
      CHECK(quantize(x, 1, range) == range.high);
      CHECK(quantize(-x, 1, range) == range.low);
    }
    CHECK(quantize(1, std::numeric_limits<float>::denorm_min(), range) == range.high);
    CHECK(quantize(std::numeric_limits<float>::quiet_NaN(), 1, range) == range.low);
  }
}

TEST_CASE("equals eq. (1) of method.md in double where the quotient is exact") {
  tests::Random random{1};
  constexpr LevelRange range{-32, 31};
  for (int i = 0; i < 10000; ++i) {
    const float step = std::ldexp(1.0F, random.between(-10, 10));
    const float x = step * static_cast<float>(random.between(-4000, 4000)) / 64;
    const double level = std::floor(static_cast<double>(x) / static_cast<double>(step) + 0.5);
    CHECK(quantize(x, step, range) == std::min(std::max(level, -32.0), 31.0));
  }
}

}  // namespace snnsim
