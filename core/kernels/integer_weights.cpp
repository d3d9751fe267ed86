#include "core/kernels/integer_weights.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <utility>

#include "core/parallel.hpp"

namespace snnsim {

namespace {

constexpr std::size_t kColumnsOfTask = 1024;

/// Bits of every weight of a column, in 8 × bits bytes from `first` on; they are weight + bias from bit `shift` on.
struct Plane {
  unsigned bits, first, shift;

  std::size_t byte(std::size_t place) const { return first + place % (8 * bits); }
  unsigned low_bit(std::size_t place) const { return bits * static_cast<unsigned>(place / (8 * bits)); }
  unsigned mask() const { return (1U << bits) - 1; }
};

std::span<const Plane> planes(WeightFormat format) {
  static constexpr Plane two[] = {{2, 0, 0}}, three[] = {{2, 0, 0}, {1, 16, 2}}, four[] = {{4, 0, 0}},
                         six[] = {{4, 0, 0}, {2, 32, 4}}, eight[] = {{8, 0, 0}};
  switch (format) {
    case WeightFormat::two_bits:
      return two;
    case WeightFormat::three_bits:
      return three;
    case WeightFormat::nibbles:
      return four;
    case WeightFormat::six_bits:
      return six;
    case WeightFormat::bytes:
      break;
  }
  return eight;
}

WeightFormat narrowest(std::int32_t least, std::int32_t greatest) {
  WeightFormat format = WeightFormat::two_bits;
  while (least < -stored_bias(format) || greatest >= stored_bias(format))
    format = format_for(static_cast<int>(format) + 1);
  return format;
}

WeightFormat narrowest(std::span<const std::int8_t> weights) {
  if (weights.empty()) return WeightFormat::two_bits;
  const auto [least, greatest] = std::ranges::minmax(weights);
  return narrowest(least, greatest);
}

/// The weights of a column in the order in which it keeps them.
using PlacedWeights = std::array<std::int32_t, IntegerWeights::kTile>;

template <unsigned kBits>
void add_plane(const std::uint8_t* bytes, unsigned shift, PlacedWeights& weights) {
  constexpr unsigned size = 8 * kBits, mask = (1U << kBits) - 1;
  for (unsigned part = 0; part < 8 / kBits; ++part)
    for (unsigned b = 0; b < size; ++b)
      weights[part * size + b] += static_cast<std::int32_t>(bytes[b] >> kBits * part & mask) << shift;
}

PlacedWeights unpack(WeightFormat format, const std::uint8_t* column) {
  PlacedWeights weights;
  weights.fill(-stored_bias(format));
  for (const Plane& plane : planes(format)) {
    const std::uint8_t* bytes = column + plane.first;
    if (plane.bits == 1) add_plane<1>(bytes, plane.shift, weights);
    if (plane.bits == 2) add_plane<2>(bytes, plane.shift, weights);
    if (plane.bits == 4) add_plane<4>(bytes, plane.shift, weights);
    if (plane.bits == 8) add_plane<8>(bytes, plane.shift, weights);
  }
  return weights;
}

void place_weight(WeightFormat format, std::uint8_t* column, std::size_t place, std::int32_t weight) {
  const auto stored = static_cast<unsigned>(weight + stored_bias(format));
  for (const Plane& plane : planes(format)) {
    std::uint8_t& byte = column[plane.byte(place)];
    const unsigned bit = plane.low_bit(place);
    byte = static_cast<std::uint8_t>((byte & ~(plane.mask() << bit)) | (stored >> plane.shift & plane.mask()) << bit);
  }
}

}  // namespace

IntegerWeights::IntegerWeights(std::size_t out, std::size_t in, WeightFormat format)
    : out_(out), in_(in), format_(format), packed_(packed_bytes(out, in, format)), row_sums_(out, 0) {
  std::array<std::uint8_t, kTile> zeros{};
  for (std::size_t p = 0; p < kTile; ++p) place_weight(format, zeros.data(), p, 0);
  const std::size_t size = column_bytes();
  for (std::size_t at = 0; at < packed_.size(); at += size) std::copy_n(zeros.data(), size, packed_.data() + at);
}

IntegerWeights::IntegerWeights(std::size_t out, std::size_t in, std::span<const std::int8_t> weights)
    : IntegerWeights(out, in, working_format(out, in, narrowest(weights))) {
  assert(weights.size() == out * in);
  parallel_for(tiles(), [&](std::size_t t) {
    for (std::size_t i = t * kTile; i < std::min(out, (t + 1) * kTile); ++i)
      for (std::size_t j = 0; j < in; ++j) set(i, j, weights[i * in + j]);
  });
  sum_rows();
  interleave();
}

IntegerWeights::IntegerWeights(std::size_t out, std::size_t in, WeightFormat format, const std::uint8_t* packed,
                               std::shared_ptr<const void> storage)
    : out_(out), in_(in), format_(format), mapped_(packed), storage_(std::move(storage)), row_sums_(out, 0) {
  assert(reinterpret_cast<std::uintptr_t>(packed) % alignment(format) == 0);  // what kernels load at once
  sum_rows();
  interleave();
}

IntegerWeights IntegerWeights::repacked(WeightFormat format) const {
  IntegerWeights copy(out_, in_, format);
  parallel_for(
      tiles() * columns(),
      [&](std::size_t c) {
        const PlacedWeights weights = unpack(format_, tile(0) + c * column_bytes());
        std::uint8_t* column = copy.packed_.data() + c * copy.column_bytes();
        for (std::size_t p = 0; p < kTile; ++p) place_weight(format, column, p, weights[p]);
      },
      kColumnsOfTask);
  copy.row_sums_ = row_sums_;
  copy.max_row_magnitude_ = max_row_magnitude_;
  copy.interleave();
  return copy;
}

WeightFormat IntegerWeights::narrowest_format() const {
  std::int32_t least = 0, greatest = 0;
  for (std::size_t c = 0; c < tiles() * columns(); ++c) {
    const PlacedWeights weights = unpack(format_, tile(0) + c * column_bytes());
    const auto [low, high] = std::ranges::minmax(weights);
    least = std::min(least, low);
    greatest = std::max(greatest, high);
  }
  return narrowest(least, greatest);
}

WeightFormat IntegerWeights::working_format(std::size_t out, std::size_t in, WeightFormat narrowest) {
  if (!cached(out, in)) return narrowest;
  return narrowest <= WeightFormat::nibbles ? WeightFormat::nibbles : WeightFormat::bytes;
}

std::size_t IntegerWeights::packed_bytes(std::size_t out, std::size_t in, WeightFormat format) {
  return (out + kTile - 1) / kTile * ((in + kQuad - 1) / kQuad * kQuad) * snnsim::column_bytes(format);
}

void IntegerWeights::sum_rows() {
  std::vector<std::int64_t> largest(tiles(), 0);
  parallel_for(tiles(), [&](std::size_t t) {
    std::array<std::int32_t, kTile> sum{}, magnitude{};  // by place
    for (std::size_t j = 0; j < columns(); ++j) {
      const PlacedWeights column = unpack(format_, tile(t) + j * column_bytes());
      for (std::size_t p = 0; p < kTile; ++p) {
        sum[p] += column[p];
        magnitude[p] += std::abs(column[p]);
      }
    }
    for (std::size_t i = t * kTile; i < std::min(out_, (t + 1) * kTile); ++i) row_sums_[i] = sum[place(i % kTile)];
    largest[t] = *std::ranges::max_element(magnitude);
  });
  if (!largest.empty()) max_row_magnitude_ = *std::ranges::max_element(largest);
}

void IntegerWeights::interleave() {
  interleaved_.resize(interleaved_bytes(out_, in_));
  if (interleaved_.empty()) return;
  const std::size_t half = columns() / kQuad * kHalfQuadBytes;
  parallel_for(tiles(), [&](std::size_t t) {
    for (std::size_t j = 0; j < columns(); ++j) {
      const PlacedWeights column = unpack(format_, tile(t) + j * column_bytes());
      std::uint8_t* to = interleaved_.data() + t * columns() * kTile + j % kQuad;
      for (std::size_t i = 0; i < kTile; ++i)
        to[interleaved_place(i, j / kQuad, half)] = static_cast<std::uint8_t>(column[place(i)] + stored_bias(format_));
    }
  });
}

void IntegerWeights::set(std::size_t i, std::size_t j, std::int8_t weight) {
  place_weight(format_, packed_.data() + (i / kTile * columns() + j) * column_bytes(), place(i % kTile), weight);
}

std::int8_t IntegerWeights::weight(std::size_t i, std::size_t j) const {
  const std::uint8_t* column = tile(i / kTile) + j * column_bytes();
  std::int32_t stored = 0;
  for (const Plane& plane : planes(format_)) {
    const std::size_t at = place(i % kTile);
    stored |= static_cast<std::int32_t>((column[plane.byte(at)] >> plane.low_bit(at) & plane.mask()) << plane.shift);
  }
  return static_cast<std::int8_t>(stored - stored_bias(format_));
}

}  // namespace snnsim
