#include "models/llama/rope.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "tests/support/random.hpp"

namespace snnsim::models {
namespace {

LlamaConfig config(RopeLayout layout) {
  return {.head_dim = 6, .rope_theta = 500, .rope_layout = layout};
}

std::vector<float> random_row(std::size_t width, std::uint64_t seed) {
  tests::Random random{seed};
  std::vector<float> row(width);
  for (float& v : row) v = random.normal();
  return row;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

}  // namespace

TEST_CASE("rope turns the coordinates of each layout by position * theta^(-2i/dim)") {
  for (const RopeLayout layout : {RopeLayout::halves, RopeLayout::pairs})
    for (const std::size_t position : {0, 1, 17, 4095}) {
      const std::vector<float> x = random_row(12, 24);  // two heads
      std::vector<float> y = x;
      Rope(config(layout)).apply(position, y);
      for (std::size_t head = 0; head < 12; head += 6)
        for (std::size_t i = 0; i < 3; ++i) {
          const std::size_t a = head + (layout == RopeLayout::halves ? i : 2 * i);
          const std::size_t b = head + (layout == RopeLayout::halves ? i + 3 : 2 * i + 1);
          const double angle = static_cast<double>(position) * std::pow(500.0, -2.0 * static_cast<double>(i) / 6);
          CHECK(y[a] == doctest::Approx(x[a] * std::cos(angle) - x[b] * std::sin(angle)).epsilon(1e-6).scale(1));
          CHECK(y[b] == doctest::Approx(x[a] * std::sin(angle) + x[b] * std::cos(angle)).epsilon(1e-6).scale(1));
        }
    }
}

TEST_CASE("position 0 is left as it is, to the bit") {
  const std::vector<float> x = random_row(12, 25);
  std::vector<float> y = x;
  Rope(config(RopeLayout::halves)).apply(0, y);
  CHECK(y == x);
}

TEST_CASE("scores depend on the distance of two positions alone") {
  const Rope rope(config(RopeLayout::pairs));
  const std::vector<float> q = random_row(6, 26), k = random_row(6, 27);
  const auto score = [&](std::size_t query_position, std::size_t key_position) {
    std::vector<float> a = q, b = k;
    rope.apply(query_position, a);
    rope.apply(key_position, b);
    return dot(a, b);
  };
  CHECK(score(3, 0) == doctest::Approx(score(1003, 1000)).epsilon(1e-5));
  CHECK(score(3, 0) != doctest::Approx(score(4, 0)).epsilon(1e-3));
}

}  // namespace snnsim::models
