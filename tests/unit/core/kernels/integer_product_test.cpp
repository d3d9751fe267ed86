#include "core/kernels/integer_product.hpp"

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include "tests/support/random.hpp"
#include "tests/support/targets.hpp"

namespace snnsim {
namespace {

struct Shape {
  std::size_t out, in, rows;
};

/// limit: 128, or 8 for those that are kept in half a byte.
std::vector<std::int8_t> random_weights(tests::Random& random, const Shape& shape, int limit) {
  std::vector<std::int8_t> weights(shape.out * shape.in);
  for (std::int8_t& w : weights) w = static_cast<std::int8_t>(random.between(-limit, limit - 1));
  return weights;
}

/// Counts of magnitude up to `most`, extremes often; a share `density` of them is not zero.
Matrix<std::int16_t> random_counts(tests::Random& random, const Shape& shape, double density, std::int32_t most) {
  Matrix<std::int16_t> counts(shape.rows, padded_inputs(shape.in));
  for (std::size_t r = 0; r < shape.rows; ++r)
    for (std::size_t j = 0; j < shape.in; ++j) {
      if (random.uniform() >= density) continue;
      const std::int32_t extreme = random.between(0, 1) == 0 ? -most : most - 1;
      counts.row(r)[j] =
          static_cast<std::int16_t>(random.between(0, 3) == 0 ? extreme : random.between(-most, most - 1));
    }
  return counts;
}

void naive(const Shape& shape, const std::vector<std::int8_t>& weights, const Matrix<std::int16_t>& counts,
           std::span<const std::uint32_t> rows, Matrix<std::int32_t>& sums) {
  for (const std::uint32_t r : rows)
    for (std::size_t i = 0; i < shape.out; ++i)
      for (std::size_t j = 0; j < shape.in; ++j)
        sums.row(r)[i] += static_cast<std::int32_t>(weights[i * shape.in + j]) * counts.row(r)[j];
}

struct CopiedRows : ProductSink {
  CopiedRows(std::span<const std::uint32_t> rows_, Matrix<std::int32_t>& to_) : rows(rows_), to(to_) {}
  void take(const ProductTile& tile) override {
    for (std::size_t k = tile.first; k < tile.end; ++k)
      std::copy_n(tile.row(k), tile.outputs, to.row(rows[k]) + tile.first_output);
  }
  std::span<const std::uint32_t> rows;
  Matrix<std::int32_t>& to;
};

/// Two calls on sums that are not zero, and one that does not add, on every other row.
void check_product(tests::Random& random, const Shape& shape, double density, std::int32_t most, int limit) {
  CAPTURE(shape.out);
  CAPTURE(shape.in);
  CAPTURE(shape.rows);
  CAPTURE(density);
  CAPTURE(limit);
  const std::vector<std::int8_t> weights = random_weights(random, shape, limit);
  const IntegerWeights packed(shape.out, shape.in, weights);
  const Matrix<std::int16_t> counts = random_counts(random, shape, density, most);
  std::vector<std::uint32_t> rows;
  for (std::uint32_t r = 0; r < shape.rows; ++r)
    if (shape.rows < 3 || r % 4 != 1) rows.push_back(r);
  Matrix<std::int32_t> start(shape.rows, padded_outputs(shape.out));
  for (std::int32_t& sum : start.values()) sum = random.between(-1000000, 1000000);
  for (std::size_t r = 0; r < shape.rows; ++r) std::fill(start.row(r) + shape.out, start.row(r) + start.columns(), 0);
  Matrix<std::int32_t> expected = start;
  naive(shape, weights, counts, rows, expected);
  naive(shape, weights, counts, rows, expected);
  Matrix<std::int32_t> products = start;
  for (const std::uint32_t r : rows) std::fill_n(products.row(r), products.columns(), 0);
  naive(shape, weights, counts, rows, products);
  tests::on_every_target([&] {
    Matrix<std::int32_t> fresh = start;
    CopiedRows copied(rows, fresh);
    multiply(packed, CountBatch(counts, rows), copied);
    CHECK(fresh == products);
    Matrix<std::int32_t> sums = start;
    accumulate(packed, counts, rows, sums);
    accumulate(packed, counts, rows, sums);
    CHECK(sums == expected);
  });
}

void check_packed(const Shape& shape, const std::vector<std::int8_t>& weights) {
  const IntegerWeights packed(shape.out, shape.in, weights);
  std::int64_t largest = 0;
  for (std::size_t i = 0; i < shape.out; ++i) {
    std::int64_t magnitude = 0;
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < shape.in; ++j) {
      const std::int32_t w = weights[i * shape.in + j];
      REQUIRE(packed.weight(i, j) == w);
      sum += w;
      magnitude += std::abs(w);
    }
    REQUIRE(packed.row_sums()[i] == sum);
    largest = std::max(largest, magnitude);
  }
  CHECK(packed.max_row_magnitude() == largest);
}

constexpr Shape kShapes[] = {{1, 1, 1},    {1, 2, 3},    {31, 7, 5},   {32, 64, 16},
                             {33, 65, 17}, {64, 1, 100}, {65, 127, 9}, {97, 130, 40}};

}  // namespace

TEST_CASE("accumulate() and multiply() are the plain product for every shape, density and instruction set") {
  tests::Random random{10};
  for (const Shape& shape : kShapes)
    for (const double density : {0.0, 0.02, 0.1, 0.14, 0.16, 0.3, 0.5, 1.0})
      for (const int limit : {8, 128}) check_product(random, shape, density, 255, limit);
}

TEST_CASE("accumulate() takes every 16-bit count while the sums fit 32 bits") {
  tests::Random random{11};
  for (const double density : {0.05, 0.5, 1.0}) {
    check_product(random, {40, 254, 20}, density, 32768, 128);  // twice 254 * 128 * 32768 < 2^31
    check_product(random, {32, 2, 3}, density, 32768, 8);
  }
}

TEST_CASE("accumulate() reaches both ends of 32 bits without saturating on the way") {
  constexpr std::size_t in = 511;
  const std::vector<std::int8_t> weights(in, -128);
  const IntegerWeights packed(1, in, weights);
  Matrix<std::int16_t> counts(2, padded_inputs(in));
  std::fill_n(counts.row(0), in, std::int16_t{-32768});
  std::fill_n(counts.row(1), in, std::int16_t{32767});
  const std::uint32_t rows[] = {0, 1};
  tests::on_every_target([&] {
    Matrix<std::int32_t> sums(2, padded_outputs(1));
    accumulate(packed, counts, rows, sums);
    CHECK(sums.row(0)[0] == 511 * 128 * 32768);
    CHECK(sums.row(1)[0] == -511 * 128 * 32767);
  });
}

TEST_CASE("no rows: nothing happens") {
  const IntegerWeights packed(3, 2, std::vector<std::int8_t>{1, 2, 3, 4, 5, 6});
  Matrix<std::int32_t> sums(2, padded_outputs(3), 7);
  accumulate(packed, Matrix<std::int16_t>(2, 2, 1), {}, sums);
  CHECK(sums == Matrix<std::int32_t>(2, padded_outputs(3), 7));
}

TEST_CASE("packed weights can be read back, with their sums") {
  tests::Random random{12};
  for (const Shape& shape : kShapes)
    for (const int limit : {8, 128}) check_packed(shape, random_weights(random, shape, limit));
}

TEST_CASE("weights of up to four bits take half a byte each where they are few") {
  CHECK(IntegerWeights(64, 8, std::vector<std::int8_t>(512, -8)).bytes() == 256);
  CHECK(IntegerWeights(64, 8, std::vector<std::int8_t>(512, 7)).bytes() == 256);
  CHECK(IntegerWeights(64, 8, std::vector<std::int8_t>(512, 1)).bytes() == 256);
  CHECK(IntegerWeights(64, 8, std::vector<std::int8_t>(512, -9)).bytes() == 512);
  CHECK(IntegerWeights(64, 8, std::vector<std::int8_t>(512, 8)).bytes() == 512);
}

TEST_CASE("more than a MiB of weights take as few bits as hold them") {
  constexpr std::size_t out = 1024, in = 1028, count = out * in;
  for (const auto& [least, bits] : {std::pair{-2, 2}, {-3, 3}, {-8, 4}, {-9, 6}, {-32, 6}, {-33, 8}}) {
    CAPTURE(least);
    std::vector<std::int8_t> values(count);
    values[count - 1] = static_cast<std::int8_t>(least);
    const IntegerWeights weights(out, in, values);
    CHECK(weights.bytes() == count * static_cast<std::size_t>(bits) / 8);
    CHECK(weights.weight(out - 1, in - 1) == least);
    CHECK(weights.weight(out - 1, in - 2) == 0);
    CHECK(weights.narrowest_format() == weights.format());
  }
}

TEST_CASE("the narrowest format is the one whose range holds both ends") {
  const auto narrowest = [](std::int8_t one) {
    return IntegerWeights(2, 3, std::vector<std::int8_t>{0, 0, one, 0, 0, 0}).narrowest_format();
  };
  CHECK(narrowest(1) == WeightFormat::two_bits);
  CHECK(narrowest(2) == WeightFormat::three_bits);
  CHECK(narrowest(4) == WeightFormat::nibbles);
  CHECK(narrowest(8) == WeightFormat::six_bits);
  CHECK(narrowest(31) == WeightFormat::six_bits);
  CHECK(narrowest(32) == WeightFormat::bytes);
}

}  // namespace snnsim
