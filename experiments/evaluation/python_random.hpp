#pragma once

#include <cstdint>
#include <random>

namespace snnsim::experiments {

/// The integers of Python's `random` module, for protocols that are defined by it: an MT19937 whose state comes from
/// init_by_array over the 32-bit words of the seed, and a range by rejection over the leading bits of each word.
class PythonRandom {
 public:
  /// random.seed(seed).
  explicit PythonRandom(std::uint64_t seed);

  /// random.randint(low, high): both ends included, low <= high, high - low < 2^32 - 1.
  std::int64_t randint(std::int64_t low, std::int64_t high);

 private:
  std::mt19937 engine_;
};

}  // namespace snnsim::experiments
