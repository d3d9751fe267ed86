#pragma once

#include <cstdint>

namespace snnsim::models {

/// Exact.
float from_f16(std::uint16_t bits);
float from_bf16(std::uint16_t bits);
/// To the nearest, ties to even.
std::uint16_t to_f16(float value);
std::uint16_t to_bf16(float value);

}  // namespace snnsim::models
