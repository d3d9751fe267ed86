#include "core/kernels/integer_weights.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <utility>

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

/// The weights of a column in the order in which it keeps them.
using PlacedWeights = std::array<std::int32_t, IntegerWeights::kTile>;
PlacedWeights unpack(WeightFormat format, const std::uint8_t* column) {
  PlacedWeights weights;
  for (std::size_t p = 0; format == WeightFormat::bytes && p < weights.size(); ++p)
    weights[p] = column[p] - IntegerWeights::kBias;
  for (std::size_t p = 0; format == WeightFormat::nibbles && p < kNibbleBytes; ++p) {
    weights[p] = (column[p] & 0xF) - IntegerWeights::kNibbleBias;
    weights[p + kNibbleBytes] = (column[p] >> 4) - IntegerWeights::kNibbleBias;
  }
  return weights;
}

}  // namespace

IntegerWeights::IntegerWeights(std::size_t out, std::size_t in, std::span<const std::int8_t> weights)
    : out_(out),
      in_(in),
      format_(smallest_format(weights)),
      packed_(packed_bytes(out, in, format_), zeros(format_)),
      row_sums_(out, 0) {
  assert(weights.size() == out * in);
  parallel_for(tiles(), [&](std::size_t t) {
    for (std::size_t i = t * kTile; i < std::min(out, (t + 1) * kTile); ++i)
      for (std::size_t j = 0; j < in; ++j) set(i, j, weights[i * in + j]);
  });
  sum_rows();
}

IntegerWeights::IntegerWeights(std::size_t out, std::size_t in, WeightFormat format, const std::uint8_t* packed,
                               std::shared_ptr<const void> storage)
    : out_(out), in_(in), format_(format), mapped_(packed), storage_(std::move(storage)), row_sums_(out, 0) {
  assert(reinterpret_cast<std::uintptr_t>(packed) % 64 == 0);  // what kernels load at once
  sum_rows();
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
