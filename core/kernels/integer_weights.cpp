#include "core/kernels/integer_weights.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>

#include "core/parallel.hpp"

namespace snnsim {

IntegerWeights::IntegerWeights(std::size_t out, std::size_t in, std::span<const std::int8_t> weights)
    : out_(out), in_(in), packed_(tiles() * columns() * kTile, kBias), row_sums_(out, 0) {
  assert(weights.size() == out * in);
  std::vector<std::int64_t> magnitude(out, 0);
  parallel_for(tiles(), [&](std::size_t t) {
    std::uint8_t* packed = packed_.data() + t * columns() * kTile;
    for (std::size_t i = t * kTile; i < std::min(out, (t + 1) * kTile); ++i) {
      for (std::size_t j = 0; j < in; ++j) {
        const std::int8_t w = weights[i * in + j];
        packed[j * kTile + place(i % kTile)] = static_cast<std::uint8_t>(w + kBias);
        row_sums_[i] += w;
        magnitude[i] += std::abs(static_cast<int>(w));
      }
    }
  });
  for (const std::int64_t m : magnitude) max_row_magnitude_ = std::max(max_row_magnitude_, m);
}

}  // namespace snnsim
