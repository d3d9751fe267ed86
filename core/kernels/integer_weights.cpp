#include "core/kernels/integer_weights.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>

#include "core/parallel.hpp"

namespace snnsim {

namespace {

constexpr std::size_t kNibbleBytes = column_bytes(WeightFormat::nibbles);

WeightFormat smallest_format(std::span<const std::int8_t> weights) {
  constexpr std::int32_t limit = IntegerWeights::kNibbleBias;
  const auto fits = [](std::int8_t w) { return w >= -limit && w < limit; };
  return std::ranges::all_of(weights, fits) ? WeightFormat::nibbles : WeightFormat::bytes;
}

std::uint8_t zeros(WeightFormat format) {
  return format == WeightFormat::bytes ? IntegerWeights::kBias : IntegerWeights::kNibbleBias * 0x11;
}

}  // namespace

IntegerWeights::IntegerWeights(std::size_t out, std::size_t in, std::span<const std::int8_t> weights)
    : out_(out),
      in_(in),
      format_(smallest_format(weights)),
      packed_(tiles() * columns() * column_bytes(), zeros(format_)),
      row_sums_(out, 0) {
  assert(weights.size() == out * in);
  std::vector<std::int64_t> magnitude(out, 0);
  parallel_for(tiles(), [&](std::size_t t) {
    for (std::size_t i = t * kTile; i < std::min(out, (t + 1) * kTile); ++i) {
      for (std::size_t j = 0; j < in; ++j) {
        const std::int8_t w = weights[i * in + j];
        set(i, j, w);
        row_sums_[i] += w;
        magnitude[i] += std::abs(static_cast<int>(w));
      }
    }
  });
  for (const std::int64_t m : magnitude) max_row_magnitude_ = std::max(max_row_magnitude_, m);
}

void IntegerWeights::set(std::size_t i, std::size_t j, std::int8_t weight) {
  std::uint8_t* column = packed_.data() + (i / kTile * columns() + j) * column_bytes();
  const std::size_t at = place(i % kTile);
  if (format_ == WeightFormat::bytes) {
    column[at] = static_cast<std::uint8_t>(weight + kBias);
    return;
  }
  const unsigned half = static_cast<unsigned>(weight + kNibbleBias), shift = at < kNibbleBytes ? 0 : 4;
  std::uint8_t& both = column[at % kNibbleBytes];
  both = static_cast<std::uint8_t>((both & (0xF0U >> shift)) | half << shift);
}

std::int8_t IntegerWeights::weight(std::size_t i, std::size_t j) const {
  const std::uint8_t* column = tile(i / kTile) + j * column_bytes();
  const std::size_t at = place(i % kTile);
  if (format_ == WeightFormat::bytes) return static_cast<std::int8_t>(column[at] - kBias);
  return static_cast<std::int8_t>((column[at % kNibbleBytes] >> (at < kNibbleBytes ? 0 : 4) & 0xF) - kNibbleBias);
}

}  // namespace snnsim
