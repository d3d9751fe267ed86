#include "core/kernels/sparse_product.hpp"

#include <stdexcept>

#include <doctest/doctest.h>
#include <oneapi/tbb/global_control.h>

#include "core/kernels/integer_product.hpp"
#include "tests/support/random.hpp"

namespace snnsim {
namespace {

/// The same synapses in both forms: rows by source, and a whole matrix (out × in).
struct Synapses {
  std::size_t out, in;
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint32_t> targets;
  std::vector<std::int8_t> weights, dense;

  Synapses(tests::Random& random, std::size_t out, std::size_t in, double density)
      : out(out), in(in), dense(out * in, 0) {
    for (std::size_t j = 0; j < in; ++j) {
      for (std::size_t i = out; i-- > 0;) {  // targets need not ascend
        if (random.uniform() >= density) continue;
        targets.push_back(static_cast<std::uint32_t>(i));
        weights.push_back(static_cast<std::int8_t>(random.between(-128, 127)));
        dense[i * in + j] = weights.back();
      }
      offsets.push_back(targets.size());
    }
  }
  SparseWeights sparse() const { return {out, in, offsets, targets, weights}; }
};

Matrix<std::int16_t> random_counts(tests::Random& random, std::size_t rows, std::size_t in) {
  Matrix<std::int16_t> counts(rows, padded_inputs(in));
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t j = 0; j < in; ++j)
      if (random.between(0, 2) == 0) counts.row(r)[j] = static_cast<std::int16_t>(random.between(-300, 300));
  return counts;
}

}  // namespace

TEST_CASE("sparse synapses add what dense ones do, on any number of threads") {
  tests::Random random{31};
  struct Shape {
    std::size_t out, in;
    double density;
  };
  for (const Shape& shape : {Shape{1, 1, 1.0}, {3, 5, 0.5}, {700, 40, 0.1}, {3000, 90, 0.02}, {9000, 20, 0.01}}) {
    CAPTURE(shape.out);
    const Synapses synapses(random, shape.out, shape.in, shape.density);
    const SparseWeights sparse = synapses.sparse();
    const IntegerWeights dense(shape.out, shape.in, synapses.dense);
    CHECK(sparse.max_row_magnitude() == dense.max_row_magnitude());
    CHECK(std::ranges::equal(sparse.row_sums(), dense.row_sums()));
    const Matrix<std::int16_t> counts = random_counts(random, 5, shape.in);
    const std::vector<std::uint32_t> rows{0, 2, 3};
    Matrix<std::int32_t> expected(5, padded_outputs(shape.out), 7);
    accumulate(dense, counts, rows, expected);
    for (const std::size_t threads : {1, 2, 7}) {
      const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
      Matrix<std::int32_t> sums(5, padded_outputs(shape.out), 7);
      accumulate(sparse, counts, rows, rows, sums);
      CHECK(sums == expected);
    }
  }
}

TEST_CASE("more targets than 16 bits number") {
  const std::vector<std::uint64_t> offsets{0, 3, 4};
  const std::vector<std::uint32_t> targets{1200000, 0, 65536, 65535};
  const std::vector<std::int8_t> weights{1, 2, 3, -4};
  const SparseWeights sparse(1200001, 2, offsets, targets, weights);
  Matrix<std::int16_t> counts(1, 4);
  counts.row(0)[0] = 10;
  counts.row(0)[1] = 1;
  Matrix<std::int32_t> sums(1, padded_outputs(1200001));
  accumulate(sparse, counts, std::vector<std::uint32_t>{0}, std::vector<std::uint32_t>{0}, sums);
  CHECK(sums.row(0)[1200000] == 10);
  CHECK(sums.row(0)[0] == 20);
  CHECK(sums.row(0)[65536] == 30);
  CHECK(sums.row(0)[65535] == -4);
}

TEST_CASE("two synapses of one pair add up, and count as two") {
  const SparseWeights sparse(2, 1, std::vector<std::uint64_t>{0, 3}, std::vector<std::uint32_t>{1, 0, 1},
                             std::vector<std::int8_t>{5, -1, -7});
  Matrix<std::int16_t> counts(1, 4);
  counts.row(0)[0] = 2;
  Matrix<std::int32_t> sums(1, padded_outputs(2));
  accumulate(sparse, counts, std::vector<std::uint32_t>{0}, std::vector<std::uint32_t>{0}, sums);
  CHECK(sums.row(0)[0] == -2);
  CHECK(sums.row(0)[1] == -4);
  CHECK(sparse.degree(0) == 3);
  CHECK(sparse.max_row_magnitude() == 12);
}

TEST_CASE("what spikes reach is the degree of each source that fired") {
  const SparseWeights sparse(4, 3, std::vector<std::uint64_t>{0, 1, 1, 4}, std::vector<std::uint32_t>{2, 0, 1, 3},
                             std::vector<std::int8_t>{1, 1, 1, 1});
  const std::vector<std::int16_t> counts{-5, 9, 3};
  CHECK(sparse.reach(counts) == PopulationActivity{.spikes = 1 + 3, .magnitude = 5 + 9, .shift_adds = 2 + 6});
}

TEST_CASE("synapses that do not fit together are refused") {
  const auto make = [](std::vector<std::uint64_t> offsets, std::vector<std::uint32_t> targets,
                       std::vector<std::int8_t> weights) { return SparseWeights(3, 2, offsets, targets, weights); };
  CHECK_NOTHROW(make({0, 1, 2}, {0, 2}, {1, 1}));
  CHECK_THROWS_AS(make({0, 1}, {0}, {1}), std::out_of_range);
  CHECK_THROWS_AS(make({1, 1, 2}, {0, 2}, {1, 1}), std::out_of_range);
  CHECK_THROWS_AS(make({0, 2, 1}, {0, 2}, {1, 1}), std::out_of_range);
  CHECK_THROWS_AS(make({0, 1, 3}, {0, 2}, {1, 1}), std::out_of_range);
  CHECK_THROWS_AS(make({0, 1, 2}, {0, 2}, {1}), std::out_of_range);
  CHECK_THROWS_AS(make({0, 1, 2}, {0, 3}, {1, 1}), std::out_of_range);
}

}  // namespace snnsim
