#include "core/neurons/leaky_integrate_and_fire.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "tests/unit/core/neurons/single_neuron.hpp"

namespace snnsim {
namespace {

using Reset = LeakyIntegrateAndFire::Reset;
using Spikes = std::vector<std::int32_t>;

/// Cumulative drives of a neuron that receives these currents.
std::vector<float> drives_of(const std::vector<float>& currents) {
  std::vector<float> drives;
  float sum = 0;
  for (const float current : currents) drives.push_back(sum += current);
  return drives;
}

/// The equations of the header, one step after another, in double.
Spikes literal(const LeakyIntegrateAndFire& neuron, const std::vector<float>& drives, double threshold, double start) {
  Spikes spikes;
  double v = start * threshold, received = 0;
  std::int32_t resting = 0;
  for (const double drive : drives) {
    const double current = drive - received;
    received = drive;
    spikes.push_back(0);
    if (resting > 0) {
      --resting;
      continue;
    }
    v = neuron.leak * v + current;
    if (v < threshold) continue;
    spikes.back() = 1;
    v = neuron.reset == Reset::zero ? 0 : v - threshold;
    resting = neuron.refractory;
  }
  return spikes;
}

}  // namespace

// θ = 1; * is a spike, v what is left after it.
TEST_CASE("leaky_integrate_and_fire, worked by hand") {
  const std::vector<float> drives = drives_of({0.75F, 0.75F, 0, 1.5F, 0.25F, 2});
  // half of v lost at a step: v = .75, .125*, .0625, .53125*, .515625, 1.2578125*
  CHECK(tests::spikes_of(LeakyIntegrateAndFire{0.5F}, drives, 1, 0) == Spikes{0, 1, 0, 1, 0, 1});
  // no leak: v = .75, .5*, .5, 1*, .25*, 1.25*: 2 is too much for one spike
  CHECK(tests::spikes_of(LeakyIntegrateAndFire{1}, drives, 1, 0) == Spikes{0, 1, 0, 1, 1, 1});
  // to zero, no leak: v = .75, 0*, 0, 0*, .25, 0*
  CHECK(tests::spikes_of(LeakyIntegrateAndFire{1, Reset::zero}, drives, 1, 0) == Spikes{0, 1, 0, 1, 0, 1});
  // two refractory steps: v = .75, .5*, -, -, .75, 1.75*
  CHECK(tests::spikes_of(LeakyIntegrateAndFire{1, Reset::subtract, 2}, drives, 1, 0) == Spikes{0, 1, 0, 0, 0, 1});
  // v(0) = θ/2, no leak: v = .25*, 0*, 0, .5*, .75, 1.75*
  CHECK(tests::spikes_of(LeakyIntegrateAndFire{1}, drives, 1, 0.5F) == Spikes{1, 1, 0, 1, 0, 1});
}

TEST_CASE("leaky_integrate_and_fire follows its equations where floating point is exact") {
  tests::Random random{21};
  for (int i = 0; i < 3000; ++i) {
    const float threshold = std::ldexp(1.0F, random.between(-3, 3));
    const float leaks[] = {1, 0.5F, 0};  // a step shifts v by a bit: 12 steps stay within 24
    const LeakyIntegrateAndFire neuron{leaks[random.between(0, 2)],
                                       random.between(0, 1) == 0 ? Reset::zero : Reset::subtract, random.between(0, 3)};
    const std::vector<float> drives = tests::random_drive(random, 12, 40, threshold / 16);
    const float start = static_cast<float>(random.between(-4, 8)) / 4;
    CHECK(tests::spikes_of(neuron, drives, threshold, start) == literal(neuron, drives, threshold, start));
  }
}

TEST_CASE("leaky_integrate_and_fire counts what it emits and starts from v(0) once") {
  const float drives[] = {2, 2, 2}, thresholds[] = {1, 1, 1}, starts[] = {0, 5, 0.5F};
  std::int32_t state[4 * 3] = {};
  std::int16_t spikes[3] = {};
  for (std::uint32_t step = 1; step <= 4; ++step)
    LeakyIntegrateAndFire{}.update({3, drives, thresholds, starts, state, spikes, step});
  CHECK(state[0] == 2);
  CHECK(state[1] == 4);
  CHECK(state[2] == 2);
  CHECK(spikes[1] == 1);
  CHECK(spikes[2] == 0);
}

}  // namespace snnsim
