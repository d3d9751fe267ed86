#include "core/simulation/volley.hpp"

#include <doctest/doctest.h>

namespace snnsim {

TEST_CASE("lags depend on seed, projection and step, and take every value about equally often") {
  constexpr std::size_t neurons = 60000;
  const Lags one = lags(1, 2, 3, neurons, 5);
  CHECK(one == lags(1, 2, 3, neurons, 5));
  CHECK(one != lags(2, 2, 3, neurons, 5));
  CHECK(one != lags(1, 3, 3, neurons, 5));
  CHECK(one != lags(1, 2, 4, neurons, 5));
  for (std::uint16_t lag = 0; lag <= 5; ++lag) {
    const auto n = static_cast<double>(std::ranges::count(one, lag));
    CHECK(std::abs(n - neurons / 6.0) < 5 * 91.3);  // five standard deviations
  }
}

TEST_CASE("the lag of a neuron does not depend on how many there are") {
  const Lags few = lags(7, 0, 1, 10, 3), many = lags(7, 0, 1, 100, 3);
  CHECK(std::equal(few.begin(), few.end(), many.begin()));
}

TEST_CASE("a flight meter counts the volleys that are on their way") {
  FlightMeter meter;
  {
    const Volley first({0, 1}, Matrix<std::int16_t>(2, 8), meter);
    { const Volley second({0}, Matrix<std::int16_t>(1, 8), meter); }
    CHECK(meter.bytes == 32);
  }
  CHECK(meter.bytes == 0);
  CHECK(meter.peak == 48);
}

}  // namespace snnsim
