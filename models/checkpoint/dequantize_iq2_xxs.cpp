// ggml's IQ2_XXS: eight numbers at a time are a point of a fixed grid with signs.
#include <bit>

#include "models/checkpoint/dequantize_blocks.hpp"
#include "models/checkpoint/iq2_xxs_grid.hpp"

namespace snnsim::models {
namespace {

/// Signs of eight numbers from their seven stored bits: the eighth makes the number of minus signs even.
unsigned signs(std::uint32_t stored) {
  return stored | (static_cast<unsigned>(std::popcount(stored)) & 1U) << 7;
}

void eight_numbers(float scale, std::uint16_t point, unsigned minus, float* out) {
  for (unsigned i = 0; i < 8; ++i) {
    const float magnitude = scale * iq2_xxs_magnitudes[(point >> (2 * i)) & 3U];
    out[i] = ((minus >> i) & 1U) != 0 ? -magnitude : magnitude;
  }
}

}  // namespace

/// F16 d, then eight groups of 32 numbers: four bytes that number grid points, and a word with four times seven signs
/// and, on top, a four-bit scale s. x = ± d (s + 1/2) / 4 × magnitude.
void dequantize_iq2_xxs(const Byte* bytes, std::size_t blocks, float* out) {
  constexpr std::size_t groups = 8;
  for (; blocks > 0; --blocks, bytes += 66) {
    const float d = f16_at(bytes);
    for (std::size_t g = 0; g < groups; ++g) {
      const Byte* points = bytes + 2 + 8 * g;
      const std::uint32_t word = word_at(points + 4);
      const float scale = d * (0.5F + static_cast<float>(word >> 28)) * 0.25F;
      for (unsigned part = 0; part < 4; ++part, out += 8)
        eight_numbers(scale, iq2_xxs_grid[points[part]], signs((word >> (7 * part)) & 127U), out);
    }
  }
}

}  // namespace snnsim::models
