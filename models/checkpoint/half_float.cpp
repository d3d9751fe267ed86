#include "models/checkpoint/half_float.hpp"

#include <bit>
#include <cmath>

namespace snnsim::models {

std::uint16_t to_f16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  constexpr std::uint32_t infinity = 0x7F800000U;
  constexpr std::uint32_t rounds_to_infinity = 0x477FF000U;  // 65520
  constexpr std::uint32_t smallest_normal = 0x38800000U;     // 2^-14
  if (magnitude > infinity) return static_cast<std::uint16_t>(sign | 0x7E00U);
  if (magnitude >= rounds_to_infinity) return static_cast<std::uint16_t>(sign | 0x7C00U);
  if (magnitude < smallest_normal) {
    return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::nearbyint(std::fabs(value) * 0x1p24F)));
  }
  const std::uint32_t rounded = magnitude + 0xFFFU + ((magnitude >> 13) & 1U);
  return static_cast<std::uint16_t>(sign | ((rounded - (112U << 23)) >> 13));
}

std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

}  // namespace snnsim::models
