#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "models/checkpoint/half_float.hpp"

/// Private to dequantize.cpp: one function per block type, each for `blocks` blocks in a row.
namespace snnsim::models {

using Byte = std::uint8_t;

void dequantize_q8_0(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_q4_0(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_q4_1(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_q5_0(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_q5_1(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_q2_k(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_q3_k(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_q4_k(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_q5_k(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_q6_k(const Byte* bytes, std::size_t blocks, float* out);
void dequantize_iq2_xxs(const Byte* bytes, std::size_t blocks, float* out);

/// The F16 number at an address, in fp32.
inline float f16_at(const Byte* bytes) {
  std::uint16_t bits = 0;
  std::memcpy(&bits, bytes, sizeof bits);
  return from_f16(bits);
}

inline std::uint32_t word_at(const Byte* bytes) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace snnsim::models
