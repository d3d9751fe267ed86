// ggml's blocks of 32 numbers. Scale d and offset m are F16; 4-bit codes lie in 16 bytes, number i in the low half of
// byte i, number i + 16 in its high half; a fifth bit of number i is bit i of a 32-bit word.
#include "models/checkpoint/dequantize_blocks.hpp"

namespace snnsim::models {
namespace {

constexpr std::size_t size = 32;

/// 4-bit code of number i.
int low_bits(const Byte* codes, std::size_t i) {
  return i < size / 2 ? codes[i] & 15 : codes[i - size / 2] >> 4;
}

int fifth_bit(std::uint32_t word, std::size_t i) {
  return static_cast<int>((word >> i) & 1U) << 4;
}

}  // namespace

/// F16 d, 32 int8: x = d q.
void dequantize_q8_0(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 34, out += size) {
    const float d = f16_at(bytes);
    for (std::size_t i = 0; i < size; ++i) out[i] = d * static_cast<float>(static_cast<std::int8_t>(bytes[2 + i]));
  }
}

/// F16 d, 16 bytes of codes: x = d (q - 8).
void dequantize_q4_0(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 18, out += size) {
    const float d = f16_at(bytes);
    for (std::size_t i = 0; i < size; ++i) out[i] = d * static_cast<float>(low_bits(bytes + 2, i) - 8);
  }
}

/// F16 d, F16 m, 16 bytes of codes: x = d q + m.
void dequantize_q4_1(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 20, out += size) {
    const float d = f16_at(bytes), m = f16_at(bytes + 2);
    for (std::size_t i = 0; i < size; ++i) out[i] = d * static_cast<float>(low_bits(bytes + 4, i)) + m;
  }
}

/// F16 d, word of fifth bits, 16 bytes of codes: x = d (q - 16).
void dequantize_q5_0(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 22, out += size) {
    const float d = f16_at(bytes);
    const std::uint32_t high = word_at(bytes + 2);
    for (std::size_t i = 0; i < size; ++i)
      out[i] = d * static_cast<float>((low_bits(bytes + 6, i) | fifth_bit(high, i)) - 16);
  }
}

/// F16 d, F16 m, word of fifth bits, 16 bytes of codes: x = d q + m.
void dequantize_q5_1(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 24, out += size) {
    const float d = f16_at(bytes), m = f16_at(bytes + 2);
    const std::uint32_t high = word_at(bytes + 4);
    for (std::size_t i = 0; i < size; ++i)
      out[i] = d * static_cast<float>(low_bits(bytes + 8, i) | fifth_bit(high, i)) + m;
  }
}

}  // namespace snnsim::models
