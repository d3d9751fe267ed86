#pragma once

#include <bit>
#include <cstdint>

namespace snnsim::models {

/// Exact. Without branches, so that a loop of it becomes vector instructions.
inline float from_f16(std::uint16_t bits) {
  constexpr std::uint32_t infinity = 0x0F800000U;  // of 16 bits, moved up
  const std::uint32_t magnitude = (bits & 0x7FFFU) << 13;
  const auto scaled = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112F);
  const std::uint32_t special = magnitude >= infinity ? 0x7F800000U : 0U;
  return std::bit_cast<float>(scaled | special | (bits & 0x8000U) << 16);
}

inline float from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// To the nearest, ties to even.
std::uint16_t to_f16(float value);
std::uint16_t to_bf16(float value);

}  // namespace snnsim::models
