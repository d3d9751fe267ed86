#pragma once

#include <array>
#include <span>

#include "core/rounding.hpp"

namespace snnsim {

/// Adds the squared error of the quantizer, (x - step × quantize(x, step, range))², of samples[i] to sums[i % 8], i
/// ascending: x - step × level rounds as fp32 does, the rest as fp64 does, on every instruction set.
void add_squared_errors(std::span<const float> samples, float step, LevelRange range, std::array<double, 8>& sums);

}  // namespace snnsim
