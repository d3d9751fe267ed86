// Weights whose packed bytes lie elsewhere, as in a mapped file, are the weights that were packed.
#include <algorithm>
#include <cstring>

#include <doctest/doctest.h>

#include "core/kernels/integer_weights.hpp"
#include "tests/support/random.hpp"

namespace snnsim {
namespace {

struct Stored {
  std::vector<std::uint8_t, HugePageAllocator<std::uint8_t>> bytes;
};

std::vector<std::int8_t> random_weights(std::size_t count, std::int32_t low, std::int32_t high) {
  tests::Random random{count};
  std::vector<std::int8_t> weights(count);
  for (std::int8_t& w : weights) w = static_cast<std::int8_t>(random.between(low, high));
  return weights;
}

std::int64_t row_sum(std::span<const std::int8_t> weights, std::size_t i, std::size_t in, bool magnitude) {
  std::int64_t sum = 0;
  for (std::size_t j = 0; j < in; ++j) sum += magnitude ? std::abs(int{weights[i * in + j]}) : int{weights[i * in + j]};
  return sum;
}

}  // namespace

TEST_CASE("packed bytes make the same weights, in every format and every remainder of tiles and quads") {
  for (const auto& [out, in] : {std::pair<std::size_t, std::size_t>{1, 1}, {64, 8}, {65, 7}, {130, 50}, {200, 33}})
    for (const int bits : {2, 3, 4, 6, 8}) {
      CAPTURE(out);
      CAPTURE(bits);
      const std::int32_t most = (1 << (bits - 1)) - 1;
      std::vector<std::int8_t> values = random_weights(out * in, -most - 1, most);
      values[0] = static_cast<std::int8_t>(-most - 1);
      const IntegerWeights packed = IntegerWeights(out, in, values).repacked(format_for(bits));
      REQUIRE(packed.narrowest_format() == packed.format());
      REQUIRE(packed.packed().size() == IntegerWeights::packed_bytes(out, in, packed.format()));
      REQUIRE(packed.bytes() == packed.tiles() * packed.columns() * 8 * static_cast<std::size_t>(bits));
      auto stored = std::make_shared<Stored>();
      stored->bytes.assign(packed.packed().begin(), packed.packed().end());
      const std::weak_ptr<Stored> alive = stored;
      const std::uint8_t* bytes = stored->bytes.data();
      const IntegerWeights mapped(out, in, packed.format(), bytes, std::move(stored));
      const IntegerWeights copy = mapped;
      REQUIRE(!alive.expired());
      CHECK(mapped.tile(0) == bytes);
      CHECK(copy.tile(0) == mapped.tile(0));
      std::int64_t largest = 0;
      for (std::size_t i = 0; i < out; ++i) {
        for (std::size_t j = 0; j < in; ++j) REQUIRE(mapped.weight(i, j) == values[i * in + j]);
        REQUIRE(mapped.row_sums()[i] == row_sum(values, i, in, false));
        REQUIRE(packed.row_sums()[i] == row_sum(values, i, in, false));
        largest = std::max(largest, row_sum(values, i, in, true));
      }
      CHECK(mapped.max_row_magnitude() == largest);
      CHECK(packed.max_row_magnitude() == largest);
      const IntegerWeights wide = mapped.repacked(WeightFormat::bytes);
      CHECK(std::ranges::equal(wide.repacked(packed.format()).packed(), packed.packed()));
    }
}

}  // namespace snnsim
