#pragma once

#include <cstdint>

namespace snnsim {

/// Counter-based random stream: the value depends only on the seed, on what it is for and on its number, never on the
/// order in which values are drawn (SplitMix64's finaliser over the three).
class RandomStream {
 public:
  enum class Purpose : std::uint64_t {
    calibration_documents = 1,
    sampling = 2,
    threshold_samples = 3,
    jitter = 4,
    network_spikes = 5,
    network_weights = 6,
    rotation = 7,
    synthetic_model = 8,
    calibration_order = 9,
    rotation_trials = 10
  };
  RandomStream(std::uint64_t seed, Purpose purpose)
      : key_(mix(mix(seed + 0x9e3779b97f4a7c15ULL) + static_cast<std::uint64_t>(purpose))) {}

  std::uint64_t bits(std::uint64_t number) const { return mix(key_ + 0x9e3779b97f4a7c15ULL * (number + 1)); }
  /// In [0, 1).
  double uniform(std::uint64_t number) const { return static_cast<double>(bits(number) >> 11U) * 0x1.0p-53; }

 private:
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  std::uint64_t key_;
};

}  // namespace snnsim
