#include "core/random.hpp"

#include <set>

#include <doctest/doctest.h>

namespace snnsim {

using Purpose = RandomStream::Purpose;

TEST_CASE("a number depends on seed, purpose and number alone") {
  const RandomStream a(1, Purpose::sampling), same(1, Purpose::sampling);
  const std::uint64_t late = a.bits(1000);
  for (std::uint64_t i = 0; i < 1000; ++i) CHECK(a.bits(i) == same.bits(i));
  CHECK(same.bits(1000) == late);
}

TEST_CASE("neighbouring seeds, purposes and numbers share nothing") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (const Purpose purpose : {Purpose::calibration_documents, Purpose::sampling})
      for (std::uint64_t i = 0; i < 100; ++i) seen.insert(RandomStream(seed, purpose).bits(i));
  CHECK(seen.size() == 4000);
}

TEST_CASE("uniform numbers fill [0, 1)") {
  const RandomStream stream(7, Purpose::sampling);
  double sum = 0, least = 1, most = 0;
  constexpr int count = 20000;
  for (int i = 0; i < count; ++i) {
    const double x = stream.uniform(static_cast<std::uint64_t>(i));
    REQUIRE(x >= 0);
    REQUIRE(x < 1);
    sum += x;
    least = std::min(least, x);
    most = std::max(most, x);
  }
  CHECK(sum / count == doctest::Approx(0.5).epsilon(0.02));  // 7 standard errors
  CHECK(least < 0.001);
  CHECK(most > 0.999);
}

TEST_CASE("the stream of a seed never changes: results of old runs can be had again") {
  const RandomStream stream(1, Purpose::calibration_documents);
  // SplitMix64's finaliser, three times over, written out with other words.
  const auto mix = [](unsigned __int128 z) {
    constexpr unsigned __int128 word = static_cast<unsigned __int128>(1) << 64U;
    z %= word;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL % word;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL % word;
    return z ^ (z >> 31U);
  };
  constexpr unsigned __int128 golden = 0x9e3779b97f4a7c15ULL;
  const unsigned __int128 key = mix(mix(1 + golden) + 1);
  for (std::uint64_t i = 0; i < 10; ++i)
    CHECK(stream.bits(i) == static_cast<std::uint64_t>(mix(key + golden * (i + 1))));
}

}  // namespace snnsim
