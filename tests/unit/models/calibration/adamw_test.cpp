#include "models/calibration/adamw.hpp"

#include <doctest/doctest.h>

namespace snnsim::models {

TEST_CASE("AdamW: steps worked out by hand") {
  AdamW optimizer({1.0, 2.0}, 0.1, 2);
  optimizer.step(std::vector<double>{4.0, -0.5});  // a first step has the size of the rate, whatever the gradient
  CHECK(optimizer.parameters()[0] == doctest::Approx(0.9));
  CHECK(optimizer.parameters()[1] == doctest::Approx(2.1));
  // Half of the rate is left. mean = 0.9 · 0.1 · 4 / 0.19, square = 0.999 · 0.001 · 16 / (1 - 0.999²), and 1 % of the
  // way back.
  optimizer.step(std::vector<double>{0.0, 0.0});
  const double move = (0.36 / 0.19) / std::sqrt(0.999 * 0.016 / (1 - 0.999 * 0.999));
  CHECK(optimizer.parameters()[0] == doctest::Approx(0.9 - 0.05 * (move + 0.01 * -0.1)));
}

TEST_CASE("AdamW finds the minimum of a parabola") {
  AdamW optimizer({0.0}, 0.1, 200);
  for (int i = 0; i < 200; ++i) optimizer.step(std::vector<double>{2 * (optimizer.parameters()[0] - 0.7)});
  CHECK(optimizer.parameters()[0] == doctest::Approx(0.7).epsilon(0.02));
}

}  // namespace snnsim::models
