// ggml's K blocks: 256 numbers in groups of 16 or 32, each group with its own small integer scale (and offset), all
// groups with one F16 scale d (and one F16 scale of the offsets). Codes are split into planes of one, two or four bits;
// in each plane, byte l of a row of 32 serves the numbers l, 32 + l, 64 + l, ... from its lowest bits on.
#include <array>

#include "models/checkpoint/dequantize_blocks.hpp"

namespace snnsim::models {
namespace {

constexpr std::size_t size = 256;
constexpr std::size_t row = 32;

/// Where a group has its bits in a plane: number l of the group has them in byte l.
struct Bits {
  const Byte* bytes;
  unsigned shift, mask;
  int operator[](std::size_t l) const { return static_cast<int>((bytes[l] >> shift) & mask); }
};

/// Two bits of each number in 64 bytes, four numbers to a byte; groups of 16.
Bits two_bits(const Byte* plane, std::size_t g) {
  return {plane + g / 8 * row + g % 2 * 16, static_cast<unsigned>(2 * (g % 8 / 2)), 3};
}

/// Four bits of each number in 128 bytes, two numbers to a byte; groups of 32.
Bits four_bits(const Byte* plane, std::size_t g) {
  return {plane + g / 2 * row, static_cast<unsigned>(4 * (g % 2)), 15};
}

/// One bit of each number in 32 bytes; groups of `size`.
template <std::size_t size>
Bits one_bit(const Byte* plane, std::size_t g) {
  return {plane + g * size % row, static_cast<unsigned>(g * size / row), 1};
}

/// out[l] = scale q(l) - offset for the numbers of a group.
template <std::size_t size, typename Code>
void write_group(float scale, float offset, float* out, Code q) {
  for (std::size_t l = 0; l < size; ++l) out[l] = scale * static_cast<float>(q(l)) - offset;
}

/// Scales and offsets of Q4_K and Q5_K: eight of six bits each in 12 bytes. The first four of both have the low six
/// bits of bytes 0..3 and 4..7; the other four have their low bits in bytes 8..11 and their high bits above the first.
struct ScalesAndOffsets {
  std::array<int, 8> scale, offset;

  explicit ScalesAndOffsets(const Byte* p) {
    for (std::size_t g = 0; g < 4; ++g) {
      scale[g] = p[g] & 63;
      offset[g] = p[g + 4] & 63;
      scale[g + 4] = (p[g + 8] & 15) | (p[g] >> 6 << 4);
      offset[g + 4] = (p[g + 8] >> 4) | (p[g + 4] >> 6 << 4);
    }
  }
};

/// The 16 scales of Q3_K, six bits each, 32 stands for zero: low four bits in bytes 0..7 (two a byte, as group g and
/// g + 8), high two bits in bytes 8..11 (four a byte).
int scale_of_q3_k(const Byte* p, std::size_t g) {
  const int low = (p[g % 8] >> (4 * (g / 8))) & 15;
  const int high = (p[8 + g % 4] >> (2 * (g / 4))) & 3;
  return (low | high << 4) - 32;
}

}  // namespace

/// 16 bytes of scale (low half) and offset (high half), 64 bytes of two-bit codes, F16 d, F16 m.
/// x = (d scale) q - m offset, groups of 16.
void dequantize_q2_k(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 84, out += size) {
    const float d = f16_at(bytes + 80), m = f16_at(bytes + 82);
    for (std::size_t g = 0; g < 16; ++g) {
      const Bits codes = two_bits(bytes + 16, g);
      write_group<16>(d * static_cast<float>(bytes[g] & 15), m * static_cast<float>(bytes[g] >> 4), out + 16 * g,
                      [&](std::size_t l) { return codes[l]; });
    }
  }
}

/// 32 bytes of third bits (unset: minus 4), 64 bytes of two-bit codes, 12 bytes of scales, F16 d.
/// x = (d scale) q, groups of 16.
void dequantize_q3_k(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 110, out += size) {
    const float d = f16_at(bytes + 108);
    for (std::size_t g = 0; g < 16; ++g) {
      const Bits low = two_bits(bytes + 32, g), high = one_bit<16>(bytes, g);
      write_group<16>(d * static_cast<float>(scale_of_q3_k(bytes + 96, g)), 0, out + 16 * g,
                      [&](std::size_t l) { return low[l] + 4 * high[l] - 4; });
    }
  }
}

/// F16 d, F16 m, 12 bytes of scales and offsets, 128 bytes of four-bit codes.
/// x = (d scale) q - m offset, groups of 32.
void dequantize_q4_k(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 144, out += size) {
    const float d = f16_at(bytes), m = f16_at(bytes + 2);
    const ScalesAndOffsets groups(bytes + 4);
    for (std::size_t g = 0; g < 8; ++g) {
      const Bits codes = four_bits(bytes + 16, g);
      write_group<32>(d * static_cast<float>(groups.scale[g]), m * static_cast<float>(groups.offset[g]), out + 32 * g,
                      [&](std::size_t l) { return codes[l]; });
    }
  }
}

/// F16 d, F16 m, 12 bytes of scales and offsets, 32 bytes of fifth bits, 128 bytes of four-bit codes.
/// x = (d scale) q - m offset, groups of 32.
void dequantize_q5_k(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 176, out += size) {
    const float d = f16_at(bytes), m = f16_at(bytes + 2);
    const ScalesAndOffsets groups(bytes + 4);
    for (std::size_t g = 0; g < 8; ++g) {
      const Bits low = four_bits(bytes + 48, g), high = one_bit<32>(bytes + 16, g);
      write_group<32>(d * static_cast<float>(groups.scale[g]), m * static_cast<float>(groups.offset[g]), out + 32 * g,
                      [&](std::size_t l) { return low[l] + 16 * high[l]; });
    }
  }
}

/// 128 bytes of four-bit codes (each 64 bytes serve 128 numbers: number 64 + l is above number l), 64 bytes of two more
/// bits, 16 int8 scales, F16 d. x = (d scale) (q - 32), groups of 16.
void dequantize_q6_k(const Byte* bytes, std::size_t blocks, float* out) {
  for (; blocks > 0; --blocks, bytes += 210, out += size) {
    const float d = f16_at(bytes + 208);
    for (std::size_t g = 0; g < 16; ++g) {
      const Bits low{bytes + g / 8 * 64 + g % 4 * 16, static_cast<unsigned>(4 * (g % 8 / 4)), 15};
      const Bits high = two_bits(bytes + 128, g);
      write_group<16>(d * static_cast<float>(static_cast<std::int8_t>(bytes[192 + g])), 0, out + 16 * g,
                      [&](std::size_t l) { return low[l] + 16 * high[l] - 32; });
    }
  }
}

}  // namespace snnsim::models
