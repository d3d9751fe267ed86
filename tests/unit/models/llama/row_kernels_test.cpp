// rms_norm and swiglu: one row at a time.
#include <cmath>
#include <cstring>
#include <vector>

#include <doctest/doctest.h>

#include "models/llama/kernels.hpp"
#include "tests/support/random.hpp"
#include "tests/support/targets.hpp"

namespace snnsim::models {
namespace {

std::vector<float> random_row(tests::Random& random, std::size_t width, float scale) {
  std::vector<float> row(width);
  for (float& v : row) v = scale * random.normal();
  return row;
}

}  // namespace

TEST_CASE("rms_norm equals its formula in double to 3 ulp, for values of every size") {
  tests::Random random{17};
  constexpr float epsilon = 1e-5F;
  for (const std::size_t width : {1, 7, 8, 33, 288})
    for (const float scale : {1e-20F, 1e-3F, 1.0F, 1e15F}) {  // x² of the last would overflow in fp32
      CAPTURE(width);
      CAPTURE(scale);
      const std::vector<float> x = random_row(random, width, scale), gain = random_row(random, width, 1);
      std::vector<float> y(width);
      rms_norm(x, gain, epsilon, y);
      double sum = 0;
      for (const float v : x) sum += static_cast<double>(v) * v;
      for (std::size_t i = 0; i < width; ++i) {
        const double expected = gain[i] * (x[i] / std::sqrt(sum / static_cast<double>(width) + epsilon));
        CHECK(std::abs(y[i] - expected) <= 3 * 0x1p-23 * std::abs(expected));
      }
    }
}

TEST_CASE("rms_norm of zeros is zeros") {
  const std::vector<float> x(5, 0.0F), gain(5, 2.0F);
  std::vector<float> y(5, 1.0F);
  rms_norm(x, gain, 1e-5F, y);
  CHECK(y == x);
}

TEST_CASE("swiglu equals its formula in double to 5 ulp, with the same bits on every instruction set") {
  tests::Random random{18};
  for (const std::size_t width : {1, 15, 16, 17, 100}) {
    const std::vector<float> gate = random_row(random, width, 8), up = random_row(random, width, 2);
    std::vector<float> first;
    tests::on_every_target([&] {
      std::vector<float> y(width);
      swiglu(gate, up, y);
      if (first.empty()) first = y;
      CHECK(std::memcmp(first.data(), y.data(), width * sizeof(float)) == 0);
    });
    for (std::size_t i = 0; i < width; ++i) {
      const double g = gate[i], expected = g / (1 + std::exp(-g)) * up[i];
      CHECK(std::abs(first[i] - expected) <= 5 * 0x1p-23 * std::abs(expected));
    }
  }
}

TEST_CASE("swiglu of far-out gates: nothing below, the gate itself above") {
  const std::vector<float> gate{-1000, -90, 90, 1000, 0}, up(5, 1.0F);
  std::vector<float> y(5);
  swiglu(gate, up, y);
  CHECK(std::abs(y[0]) < 1e-30);
  CHECK(std::abs(y[1]) < 1e-30);
  CHECK(y[2] == 90);
  CHECK(y[3] == 1000);
  CHECK(y[4] == 0);
}

}  // namespace snnsim::models
