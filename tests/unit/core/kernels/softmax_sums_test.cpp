#include "core/kernels/softmax_sums.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/random.hpp"
#include "tests/support/targets.hpp"

namespace snnsim {
namespace {

std::vector<float> random_values(std::uint64_t seed, std::size_t n) {
  tests::Random random{seed};
  std::vector<float> values(n);
  for (float& v : values) v = 12 * random.normal();
  return values;
}

}  // namespace

TEST_CASE("a single exponential agrees with the library to two units of the last place, far and near") {
  std::vector<float> x = random_values(31, 1003);
  x.insert(x.end(), {0.0F, -0.0F, 1.0F, -1.0F, 700.0F, -700.0F, 345.25F, -512.125F});
  for (const float& value : x) {
    const double expected = std::exp(static_cast<double>(value));
    CHECK(std::abs(exponential_sum({&value, 1}, 0) - expected) <= 2 * (std::nextafter(expected, INFINITY) - expected));
  }
}

TEST_CASE("what lies beyond the range is clamped, not lost") {
  const float low = -1000, high = 1000;
  CHECK(exponential_sum({&low, 1}, 0) == doctest::Approx(std::exp(-700.0)));
  CHECK(exponential_sum({&high, 1}, 0) == doctest::Approx(std::exp(700.0)));
}

TEST_CASE("sums are those of eight partial sums, with the same bits on every instruction set") {
  for (const std::size_t n : {1, 7, 8, 9, 64, 1001}) {
    const std::vector<float> x = random_values(n, n);
    const std::vector<double> p(x.begin(), x.end());
    std::vector<double> q = p;
    for (double& value : q) value = value / 2 - 1;
    double sums[8]{}, divergences[8]{}, sum = 0, expected_divergence = 0;
    for (std::size_t i = 0; i < n; ++i) {
      sums[i % 8] += exponential_sum({&x[i], 1}, 3.5);
      divergences[i % 8] += exponential_sum({&x[i], 1}, 0) * (p[i] - q[i]);
    }
    for (const double s : sums) sum += s;
    for (const double s : divergences) expected_divergence += s;
    tests::on_every_target([&] {
      CHECK(exponential_sum(x, 3.5) == sum);
      CHECK(divergence(p, q) == expected_divergence);
    });
    CHECK(divergence(p, p) == 0);
  }
}

}  // namespace snnsim
