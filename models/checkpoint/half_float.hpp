#pragma once

#include <bit>
#include <cstdint>

namespace snnsim::models {

/// Exact. Without branches, so that a loop of it becomes vector instructions; and without subnormal numbers of 32 bits,
/// for each of which a processor may take a hundred times as long as for another.
inline float from_f16(std::uint16_t bits) {
  constexpr std::uint32_t bias = 112U << 23;       // between the exponents of the two formats
  constexpr std::uint32_t infinity = 0x0F800000U;  // of 16 bits, moved up
  constexpr std::uint32_t smallest = 0x00800000U;  // normal number of 16 bits, moved up
  constexpr std::uint32_t one_over_16384 = 113U << 23;
  const std::uint32_t magnitude = (bits & 0x7FFFU) << 13;
  const std::uint32_t normal = magnitude + bias + (magnitude >= infinity ? bias : 0U);
  const float shifted = std::bit_cast<float>(magnitude + one_over_16384) - std::bit_cast<float>(one_over_16384);
  const std::uint32_t subnormal = 0U - static_cast<std::uint32_t>(magnitude < smallest);  // all bits, or none
  const std::uint32_t value = (std::bit_cast<std::uint32_t>(shifted) & subnormal) | (normal & ~subnormal);
  return std::bit_cast<float>(value | (bits & 0x8000U) << 16);
}

inline float from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// To the nearest, ties to even.
std::uint16_t to_f16(float value);
std::uint16_t to_bf16(float value);

}  // namespace snnsim::models
