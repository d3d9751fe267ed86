// Every path of the integer kernels against the plain product: byte and word panels of every height, shifted counts,
// lists, several blocks of inputs, several groups of rows, matrices that fit the cache and others; on every instruction
// set, VNNI included.
#include <numeric>

#include <doctest/doctest.h>

#include "core/kernels/integer_product.hpp"
#include "core/random.hpp"
#include "tests/support/targets.hpp"

namespace snnsim {
namespace {

struct Case {
  const char* name;
  std::size_t out, in, rows;
  std::int32_t low, high;  // range of the counts
  double density;
};

constexpr Case kCases[] = {
    {"byte panels", 70, 100, 37, -64, 63, 1.0},
    {"byte panels with VNNI, words without", 64, 96, 25, -128, 127, 0.9},
    {"counts shifted into bytes", 65, 41, 14, 0, 255, 1.0},
    {"counts shifted into few bits", 65, 41, 14, 100, 200, 1.0},
    {"word panels", 33, 77, 13, -255, 255, 1.0},
    {"lists of bytes", 130, 203, 9, -3, 3, 0.1},
    {"lists of words", 130, 203, 9, -255, 255, 0.1},
    {"one dense row is listed", 64, 129, 1, -100, 100, 1.0},
    {"one dense row of large counts is listed unshifted", 64, 129, 1, 0, 255, 1.0},
    {"blocks of inputs", 64, 1100, 30, -64, 63, 1.0},
    {"groups of rows", 5, 13, 1100, -20, 20, 0.6},
    {"weights from memory, byte panels", 1030, 1030, 30, -64, 63, 1.0},
    {"weights from memory, word panels", 1090, 1030, 13, -255, 255, 1.0},
    {"weights from memory, lists", 1030, 1030, 5, -3, 3, 0.05},
};

Matrix<std::int16_t> make_counts(const Case& c) {
  const RandomStream random(3, RandomStream::Purpose::sampling);
  Matrix<std::int16_t> counts(c.rows, padded_inputs(c.in));
  std::uint64_t n = 0;
  for (std::size_t r = 0; r < c.rows; ++r) {
    const double density = r % 5 == 3 ? c.density / 4 : c.density;  // rows of both kinds in one batch
    for (std::size_t j = 0; j < c.in; ++j) {
      const auto span = static_cast<std::uint64_t>(c.high - c.low + 1);
      const auto count = c.low + static_cast<std::int32_t>(random.bits(n++) % span);
      if (random.uniform(n++) < density) counts.row(r)[j] = static_cast<std::int16_t>(count);
    }
  }
  return counts;
}

/// Of so many bits.
std::vector<std::int8_t> make_weights(const Case& c, int bits) {
  const RandomStream random(4, RandomStream::Purpose::sampling);
  std::vector<std::int8_t> weights(c.out * c.in);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = static_cast<std::int8_t>(static_cast<std::int8_t>(random.bits(i) & 0xffU) >> (8 - bits));
  return weights;
}

Matrix<std::int32_t> plain_product(const Case& c, std::span<const std::int8_t> weights,
                                   const Matrix<std::int16_t>& counts) {
  Matrix<std::int32_t> sums(c.rows, padded_outputs(c.out));
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t i = 0; i < c.out; ++i)
      for (std::size_t j = 0; j < c.in; ++j) sums.row(r)[i] += weights[i * c.in + j] * counts.row(r)[j];
  return sums;
}

void check_kernels(const Case& c, int bits) {
  const std::vector<std::int8_t> values = make_weights(c, bits);
  const IntegerWeights weights = IntegerWeights(c.out, c.in, values).repacked(format_for(bits));
  const Matrix<std::int16_t> counts = make_counts(c);
  const Matrix<std::int32_t> expected = plain_product(c, values, counts);
  std::vector<std::uint32_t> rows(c.rows);
  std::iota(rows.begin(), rows.end(), 0U);
  std::vector<float> scale(c.out);
  for (std::size_t i = 0; i < c.out; ++i) scale[i] = 0.25F + static_cast<float>(i);
  tests::on_every_target([&] {
    Matrix<std::int32_t> sums(c.rows, padded_outputs(c.out));
    accumulate(weights, counts, rows, sums);
    CHECK(sums == expected);
    Matrix<float> y(c.rows, c.out);
    multiply(weights, CountBatch(counts, rows), scale, y);
    bool same = true;
    for (std::size_t r = 0; r < c.rows; ++r)
      for (std::size_t i = 0; i < c.out; ++i)
        same = same && y.row(r)[i] == scale[i] * static_cast<float>(expected.row(r)[i]);
    CHECK(same);
  });
}

}  // namespace

TEST_CASE("every kernel gives the plain integer product on every instruction set") {
  for (const Case& c : kCases) {
    CAPTURE(c.name);
    for (const int bits : {2, 3, 4, 6, 8}) {
      CAPTURE(bits);
      check_kernels(c, bits);
    }
  }
}

TEST_CASE("a batch keeps the rows of a sequence in one section and in their order") {
  constexpr std::size_t in = 40, steps = 7, sequences = 60;
  Matrix<std::int16_t> counts(steps * sequences, in, 1);
  std::vector<const std::int16_t*> rows;
  std::vector<std::uint32_t> starts;
  for (std::size_t k = 0; k < counts.rows(); ++k) {
    if (k % 5 == 0) std::fill_n(counts.row(k), in, std::int16_t{0});  // a list
    if (k % 3 == 0) counts.row(k)[1] = 1000;                          // words
    if (k % steps == 0) starts.push_back(static_cast<std::uint32_t>(k));
    rows.push_back(counts.row(k));
  }
  const CountBatch batch(rows, in, starts);
  CHECK(batch.sections().size() > 2);
  std::size_t first = 0;
  for (const CountBatch::Section& section : batch.sections()) {
    CHECK(section.first == first);
    CHECK(section.first % steps == 0);
    first = section.end;
  }
  CHECK(first == counts.rows());
  CHECK(batch.sections().back().end_panel == batch.panels().size());
  CHECK(batch.sections().back().end_list == batch.lists().size());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    CHECK(batch.rows()[batch.place(k)].row == k);
    CHECK((batch.place(k) >= batch.dense_rows()) == batch.rows()[batch.place(k)].sparse);
  }
}

TEST_CASE("a batch splits its rows into panels and lists as their counts ask for") {
  const std::size_t in = 400, most = kernel_shape().panel_rows;
  Matrix<std::int16_t> counts(2 * most + 3, padded_inputs(in));
  for (std::size_t r = 0; r < counts.rows(); ++r) std::fill_n(counts.row(r), in, std::int16_t{1});
  std::fill_n(counts.row(1), in, std::int16_t{0});
  counts.row(1)[77] = 5;     // listed
  counts.row(2)[3] = -1000;  // words
  counts.row(2)[4] = 1000;
  std::vector<std::uint32_t> rows(counts.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  const CountBatch batch(counts, rows);
  REQUIRE(batch.lists().size() == 1);
  CHECK(batch.rows()[batch.lists()[0].row].row == 1);
  CHECK(batch.inputs(batch.lists()[0])[0] == 77);
  REQUIRE(batch.panels().size() == 4);
  for (std::size_t p = 0; p < 3; ++p) CHECK(batch.panels()[p].rows <= most);
  CHECK(batch.panels()[3].format == CountFormat::words);
  CHECK(batch.rows(batch.panels()[3])[0].row == 2);
}

}  // namespace snnsim
