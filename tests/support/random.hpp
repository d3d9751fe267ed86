#pragma once

#include <cstdint>

namespace snnsim::tests {

/// Random numbers for tests: SplitMix64.
struct Random {
  std::uint64_t state;

  std::uint64_t next() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  /// In [low, high].
  std::int32_t between(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(next() % (static_cast<std::uint64_t>(high - low) + 1));
  }
  /// In [0, 1).
  float uniform() { return static_cast<float>(next() >> 40U) * 0x1p-24F; }
  /// Roughly normal: a sum of four uniform numbers.
  float normal() {
    float sum = 0;
    for (int i = 0; i < 4; ++i) sum += uniform() - 0.5F;
    return sum * 1.7F;
  }
};

}  // namespace snnsim::tests
