#pragma once

#include <cstdint>
#include <span>

#include "core/rounding.hpp"

namespace snnsim {

/// counts[i] = quantize(values[i], step[i], range), and values[i] = step[i] × counts[i]. The range fits 16 bits.
void quantize_row(std::span<float> values, std::span<const float> step, LevelRange range, std::int16_t* counts);

}  // namespace snnsim
