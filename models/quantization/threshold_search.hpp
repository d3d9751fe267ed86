#pragma once

#include <span>

#include "core/rounding.hpp"

namespace snnsim::models {

/// Levels of an n-bit quantizer of what is never negative: 0 .. 2^n - 1.
LevelRange unsigned_range(int bits);

/// Levels of an n-bit signed quantizer without zero point: -2^(n-1) .. 2^(n-1) - 1.
LevelRange signed_range(int bits);

/// Mean of (x - λ clip(round(x/λ)))² over the samples.
double quantization_error(std::span<const float> samples, float step, LevelRange range);

/// The step λ of least mean square error on the samples: a grid of 1/8 octaves around 2 max|x| / (high - low), or
/// max|x| / high where low is 0, from 5 above to 56 below, then a finer grid around the best. Only zeros (or values too
/// small for a normal step): 1. Throws DataError for NaN or infinity. The error is that of at most 2^17 samples, one of
/// every few in a row.
float search_step(std::span<const float> samples, LevelRange range);

/// The step at which the range ends at a percentile (0..100) of |x|: 2 P / (high - low), or P / high. 1 and DataError
/// as above.
float percentile_step(std::span<const float> samples, LevelRange range, double percentile);

}  // namespace snnsim::models
