#include <cmath>
#include <cstring>
#include <vector>

#include <doctest/doctest.h>

#include "models/llama/kernels.hpp"
#include "tests/support/random.hpp"
#include "tests/support/targets.hpp"

namespace snnsim::models {
namespace {

/// Distance from e^x in units of the last place of the result.
double ulps(float x, float result) {
  const double exact = std::exp(static_cast<double>(x));
  const auto rounded = static_cast<float>(exact);
  const double ulp = static_cast<double>(std::nextafter(rounded, INFINITY)) - static_cast<double>(rounded);
  return std::abs(static_cast<double>(result) - exact) / ulp;
}

std::vector<float> arguments() {
  std::vector<float> x{0.0F, -0.0F, -87.0F, 88.0F, 1e-30F, -1e-30F, 1.0F, -1.0F};
  for (int i = -126; i <= 127; ++i)  // where the reduction changes its n
    for (const double offset : {-1e-6, 0.0, 1e-6}) x.push_back(static_cast<float>((i + 0.5) * std::log(2.0) + offset));
  for (float v = -87; v <= 88; v += 0.0017F) x.push_back(v);
  tests::Random random{15};
  for (int i = 0; i < 100000; ++i) x.push_back(-random.uniform() * std::ldexp(1.0F, random.between(-20, 6)));
  std::erase_if(x, [](float v) { return v < -87 || v > 88; });
  return x;
}

}  // namespace

TEST_CASE("exponential() is at most 2 ulp off, on every instruction set with the same bits") {
  const std::vector<float> x = arguments();
  std::vector<float> first;
  tests::on_every_target([&] {
    std::vector<float> y(x.size());
    exponential(x, y);
    if (first.empty()) first = y;
    CHECK(std::memcmp(first.data(), y.data(), y.size() * sizeof(float)) == 0);
  });
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, ulps(x[i], first[i]));
  CHECK(worst <= 2);
  CHECK(worst > 0.5);  // or this test measures nothing
}

TEST_CASE("exponential() does not depend on where in the row an element is") {
  tests::Random random{16};
  std::vector<float> x(67);
  for (float& v : x) v = 20 * random.normal();
  tests::on_every_target([&] {
    std::vector<float> y(x.size());
    exponential(x, y);
    for (std::size_t i = 0; i < x.size(); ++i) {
      float alone = 0;
      exponential({&x[i], 1}, {&alone, 1});
      CHECK(std::memcmp(&alone, &y[i], sizeof(float)) == 0);
    }
  });
}

TEST_CASE("exponential() stays finite outside its range") {
  const std::vector<float> x{-1e30F, -100, 100, 1e30F, -INFINITY, INFINITY};
  std::vector<float> y(x.size());
  exponential(x, y);
  for (const float v : y) {
    CHECK(std::isfinite(v));
    CHECK(v > 0);
  }
  CHECK(y[0] == y[1]);
  CHECK(y[2] == y[3]);
}

}  // namespace snnsim::models
