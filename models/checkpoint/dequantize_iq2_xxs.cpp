// ggml's IQ2_XXS: eight numbers at a time are a point of a fixed grid with signs.
#include <array>
#include <bit>

#include "models/checkpoint/dequantize_blocks.hpp"
#include "models/checkpoint/iq2_xxs_grid.hpp"

namespace snnsim::models {
namespace {

/// The points of the grid, and the sign bits of eight numbers from the seven that are stored: the eighth makes the
/// number of minus signs even.
struct Tables {
  std::array<std::array<float, 8>, 256> points{};
  std::array<std::array<std::uint32_t, 8>, 128> signs{};

  constexpr Tables() {
    for (std::size_t p = 0; p < points.size(); ++p)
      for (std::size_t i = 0; i < 8; ++i) points[p][i] = iq2_xxs_magnitudes[(iq2_xxs_grid[p] >> (2 * i)) & 3U];
    for (std::uint32_t stored = 0; stored < signs.size(); ++stored) {
      const std::uint32_t all = stored | (static_cast<std::uint32_t>(std::popcount(stored)) & 1U) << 7;
      for (std::size_t i = 0; i < 8; ++i) signs[stored][i] = ((all >> i) & 1U) << 31;
    }
  }
};
constexpr Tables tables;

void write_point(float scale, std::size_t point, std::size_t signs, float* out) {
  for (std::size_t i = 0; i < 8; ++i) {
    const auto magnitude = std::bit_cast<std::uint32_t>(scale * tables.points[point][i]);
    out[i] = std::bit_cast<float>(magnitude ^ tables.signs[signs][i]);
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
        write_point(scale, points[part], (word >> (7 * part)) & 127U, out);
    }
  }
}

}  // namespace snnsim::models
