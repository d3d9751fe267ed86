#include "models/quantization/probability_samples.hpp"

#include <doctest/doctest.h>

#include "models/quantization/threshold_search.hpp"
#include "tests/support/random.hpp"

namespace snnsim::models {
namespace {

constexpr AttentionShape kShape{2, 1, 4};

Matrix<float> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed, float scale) {
  tests::Random random{seed};
  Matrix<float> matrix(rows, columns);
  for (float& value : matrix.values()) value = scale * random.normal();
  return matrix;
}

}  // namespace

TEST_CASE("the step of a head is that of its own probabilities, those of later keys left out") {
  Matrix<float> query = random_matrix(20, 8, 1, 2);
  const Matrix<float> key = random_matrix(20, 4, 2, 2);
  for (std::size_t r = 0; r < 20; ++r) std::fill_n(query.row(r), 4, 0.0F);  // head 0 attends to all alike
  std::vector<std::uint32_t> rows;
  for (std::uint32_t r = 3; r < 20; ++r) rows.push_back(r);
  ProbabilitySamples samples(kShape, rows.size(), 20);
  samples.add(query, key, rows);
  const ActivationQuantizer quantizer = samples.fit(unsigned_range(4), {});
  Matrix<float> probabilities(20, 2 * 20);
  attention_probabilities(kShape, query, key, rows, probabilities);
  for (std::size_t h = 0; h < 2; ++h) {
    std::vector<float> own;
    for (const std::uint32_t r : rows)
      own.insert(own.end(), probabilities.row(r) + h * 20, probabilities.row(r) + h * 20 + r + 1);
    CHECK(quantizer.step[h] == search_step(own, unsigned_range(4)));
  }
  CHECK(quantizer.step[0] < quantizer.step[1]);
  CHECK(quantizer.range == LevelRange{0, 15});
}

TEST_CASE("of many rows every few are taken") {
  const std::size_t longest = 64, sequences = 200;
  const Matrix<float> query = random_matrix(longest, 8, 3, 1), key = random_matrix(longest, 4, 4, 1);
  std::vector<std::uint32_t> rows(longest), fourth;
  for (std::uint32_t r = 0; r < longest; ++r) rows[r] = r;
  const std::size_t every =
      (sequences * longest * longest + ProbabilitySamples::kMostOfHead - 1) / ProbabilitySamples::kMostOfHead;
  REQUIRE(every == 4);
  for (std::uint32_t r = 0; r < longest; r += 4) fourth.push_back(r);
  ProbabilitySamples many(kShape, sequences * longest, longest), few(kShape, fourth.size(), longest);
  many.add(query, key, rows);
  few.add(query, key, fourth);
  CHECK(many.fit(unsigned_range(6), {}) == few.fit(unsigned_range(6), {}));
}

TEST_CASE("a range without negative levels ends at the largest value") {
  const std::vector<float> values{0, 0.25F, 0.5F, 1};
  CHECK(percentile_step(values, unsigned_range(2), 100) == doctest::Approx(1 / 3.0));
  CHECK(percentile_step(values, signed_range(2), 100) == doctest::Approx(2 / 3.0));
  CHECK(search_step(std::vector<float>{1, 2, 3}, unsigned_range(2)) == doctest::Approx(1).epsilon(1e-6));
}

}  // namespace snnsim::models
