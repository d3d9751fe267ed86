#pragma once

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

namespace snnsim::tests {

/// Checks a gradient against central differences of a function of many variables, in double precision.
template <typename Function>
void check_gradient(const Function& function, const std::vector<double>& at, const std::vector<double>& gradient) {
  constexpr double step = 1e-6, tolerance = 1e-6;
  REQUIRE(gradient.size() == at.size());
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::vector<double> above = at, below = at;
    above[i] += step;
    below[i] -= step;
    const double difference = (function(above) - function(below)) / (2 * step);
    CAPTURE(i);
    CHECK(std::abs(gradient[i] - difference) <= tolerance * (1 + std::abs(difference)));
  }
}

}  // namespace snnsim::tests
