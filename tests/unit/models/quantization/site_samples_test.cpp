#include "models/quantization/site_samples.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "models/quantization/threshold_search.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::models {
namespace {

const LlamaConfig kConfig = tests::random_checkpoint(3)->config;

/// Channel j is of size 1 + j; channel 4 is always 0, channel 5 always 2.
Matrix<float> rising_values(std::size_t width) {
  tests::Random random{9};
  Matrix<float> x(200, width);
  for (std::size_t r = 0; r < x.rows(); ++r)
    for (std::size_t j = 0; j < width; ++j) x.row(r)[j] = random.normal() * static_cast<float>(1 + j);
  for (std::size_t r = 0; r < x.rows(); ++r) {
    x.row(r)[4] = 0;
    x.row(r)[5] = 2;
  }
  return x;
}

SiteSamples samples_of(const Matrix<float>& x, Site site, Granularity granularity) {
  SiteSamples samples(kConfig, site, granularity, x.rows());
  std::vector<std::uint32_t> rows(x.rows());
  for (std::uint32_t r = 0; r < rows.size(); ++r) rows[r] = r;
  samples.add(x, rows);
  return samples;
}

}  // namespace

TEST_CASE("channels share steps by tensor, by head, or not at all") {
  const Matrix<float> x = rising_values(40);  // 4 heads of 10
  const auto steps = [&](Granularity granularity) {
    return samples_of(x, Site::q, granularity).fit(signed_range(6), {}).step;
  };
  const std::vector<float> tensor = steps(Granularity::per_tensor), head = steps(Granularity::per_head),
                           channel = steps(Granularity::per_channel);
  CHECK(tensor == std::vector<float>(40, search_step(x.values(), signed_range(6))));
  for (std::size_t h = 0; h < 4; ++h) {
    CHECK(head[10 * h] == head[10 * h + 9]);
    if (h > 0) CHECK(head[10 * h] > head[10 * h - 1]);
  }
  std::vector<float> one(x.rows());
  for (std::size_t r = 0; r < x.rows(); ++r) one[r] = x.row(r)[23];
  CHECK(channel[23] == search_step(one, signed_range(6)));
}

TEST_CASE("channels that are always zero or constant have a sound step of their own") {
  const std::vector<float> step =
      samples_of(rising_values(33), Site::attn_in, Granularity::per_channel).fit(signed_range(4), {}).step;
  CHECK(step[4] > step[0]);  // in the middle of the others
  CHECK(step[4] < step[32]);
  const float level = std::floor(2 / step[5] + 0.5F);
  CHECK(std::abs(level * step[5] - 2) < 0.02F);
  const Matrix<float> zeros(3, 33);
  CHECK(samples_of(zeros, Site::attn_in, Granularity::per_channel).fit(signed_range(4), {}).step ==
        std::vector<float>(33, 1.0F));
}

TEST_CASE("a single token is enough") {
  Matrix<float> x(1, 33);
  for (std::size_t j = 0; j < 33; ++j) x.row(0)[j] = static_cast<float>(j) - 16;
  for (const Granularity granularity : {Granularity::per_tensor, Granularity::per_channel})
    for (const float step : samples_of(x, Site::mlp_in, granularity).fit(signed_range(2), {}).step)
      CHECK(std::isnormal(step));
}

TEST_CASE("steps of divided channels are multiplied again") {
  const Matrix<float> x = rising_values(33);
  const SiteSamples samples = samples_of(x, Site::mlp_in, Granularity::per_head);
  std::vector<float> factors(33);
  Matrix<float> divided = x;
  for (std::size_t j = 0; j < 33; ++j) factors[j] = static_cast<float>(1 + j);
  for (std::size_t r = 0; r < x.rows(); ++r)
    for (std::size_t j = 0; j < 33; ++j) divided.row(r)[j] /= factors[j];
  const float step = search_step(divided.values(), signed_range(5));
  const std::vector<float> fitted = samples.fit(signed_range(5), {}, factors).step;
  for (std::size_t j = 0; j < 33; ++j) CHECK(fitted[j] == step * factors[j]);
  CHECK(samples.largest()[4] == 0);
  CHECK(samples.largest()[5] == 2);
}

TEST_CASE("a percentile of the magnitudes ends the range") {
  std::vector<float> values;
  for (int i = -100; i <= 100; ++i) values.push_back(static_cast<float>(i));
  CHECK(percentile_step(values, {-8, 7}, 100) == 200.0F / 15);
  CHECK(percentile_step(values, {-7, 7}, 50) == 100.0F / 14);
  CHECK(percentile_step(std::vector<float>(5), {-8, 7}, 99) == 1);
  values.push_back(std::nanf(""));
  CHECK_THROWS_AS(percentile_step(values, {-8, 7}, 50), DataError);
  const Matrix<float> x = rising_values(33);
  CHECK(samples_of(x, Site::mlp_in, Granularity::per_head).fit({-8, 7}, {.percentile = 99}).step ==
        std::vector<float>(33, percentile_step(x.values(), {-8, 7}, 99)));
}

}  // namespace snnsim::models
