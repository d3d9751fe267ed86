#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace snnsim {

/// Levels that a quantizer can reach: low <= 0 <= high.
struct LevelRange {
  std::int32_t low = 0, high = 0;
  bool operator==(const LevelRange&) const = default;
};

/// Q(X)/θ = clip(floor(X/θ + 1/2), low, high): method.md eq. (1). θ > 0. Halves round up, so that equality with
/// floor-type neurons is exact. Neurons evaluate the same fp32 expression: there the largest quotient below 1/2 rounds
/// up as well. A NaN gives low.
inline std::int32_t quantize(float x, float threshold, LevelRange range) {
  const float level = std::floor(x / threshold + 0.5F);
  return static_cast<std::int32_t>(
      std::min(std::max(static_cast<float>(range.low), level), static_cast<float>(range.high)));
}

}  // namespace snnsim
