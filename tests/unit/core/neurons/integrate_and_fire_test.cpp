#include "core/neurons/integrate_and_fire.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "tests/unit/core/neurons/single_neuron.hpp"

namespace snnsim {
namespace {

/// method.md section 2, the positive and the negative neuron with potentials of their own, in double.
std::vector<std::int32_t> literal(const std::vector<float>& drives, double threshold, double start) {
  double positive = start * threshold, negative = start * threshold, received = 0;
  std::vector<std::int32_t> spikes;
  for (const double drive : drives) {
    positive += drive - received;
    negative -= drive - received;
    received = drive;
    const int fires = positive >= threshold ? 1 : 0, fires_negative = negative > threshold ? 1 : 0;
    positive -= fires * threshold;
    negative -= fires_negative * threshold;
    spikes.push_back(fires - fires_negative);
  }
  return spikes;
}

}  // namespace

TEST_CASE("integrate_and_fire follows its equations, exact halves included") {
  tests::Random random{7};
  for (int i = 0; i < 2000; ++i) {
    const float threshold = std::ldexp(1.0F, random.between(-3, 3));
    const float grain = threshold / static_cast<float>(1 << random.between(1, 6));  // 1/2: all drives are halves
    const std::vector<float> drives = tests::random_drive(random, 12, 200, grain);
    CHECK(tests::spikes_of(IntegrateAndFire{{-12, 12}, 12}, drives, threshold) == literal(drives, threshold, 0.5));
    CHECK(tests::spikes_of(IntegrateAndFire{{-12, 12}, 12}, drives, threshold, 0.25F) ==
          literal(drives, threshold, 0.25));
  }
}

TEST_CASE("integrate_and_fire rounds halves up on both sides, as Q does") {
  const auto total = [](float x) { return tests::total_of(IntegrateAndFire{{-4, 4}, 4}, {x, x, x, x}, 1); };
  for (std::int32_t k = -4; k < 4; ++k) CHECK(total(static_cast<float>(k) + 0.5F) == k + 1);
}

TEST_CASE("integrate_and_fire equals Q for a current that comes at once and stays, to the last bit of the drive") {
  tests::Random random{8};
  constexpr std::int32_t timesteps = 4;
  const auto check = [](float x) {
    CAPTURE(x);
    CHECK(tests::total_of(IntegrateAndFire{{-timesteps, timesteps}, timesteps}, {x, x, x, x}, 1) ==
          quantize(x, 1, {-timesteps, timesteps}));
  };
  for (std::int32_t k = -5; k <= 5; ++k)
    for (const float half : {static_cast<float>(k) + 0.5F, static_cast<float>(k)})
      for (const float towards : {-100.0F, 100.0F}) {
        check(half);
        check(std::nextafter(half, towards));
      }
  for (int i = 0; i < 2000; ++i) check(random.normal() * 4);
}

TEST_CASE("integrate_and_fire at one step takes a drive that is not a number for the lowest level, as Q does") {
  CHECK(tests::total_of(IntegrateAndFire{{-1, 1}, 1}, {std::numeric_limits<float>::quiet_NaN()}, 1) == -1);
}

TEST_CASE("integrate_and_fire cannot take back what both of its neurons have fired") {
  CHECK(tests::total_of(IntegrateAndFire{{-2, 2}, 2}, {1, -1}, 1) == 0);  // Q(X) = -1
}

}  // namespace snnsim
