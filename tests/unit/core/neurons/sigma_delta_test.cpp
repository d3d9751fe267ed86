#include "core/neurons/sigma_delta.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "tests/unit/core/neurons/single_neuron.hpp"

namespace snnsim {

TEST_CASE("sigma_delta emits the differences of Q(X)/θ") {
  tests::Random random{4};
  constexpr LevelRange range{-128, 127};
  for (int i = 0; i < 500; ++i) {
    const float threshold = 0.01F + random.uniform();
    const std::vector<float> drives = tests::random_drive(random, 12, 1000, 0.07F);
    const std::vector<std::int32_t> spikes = tests::spikes_of(SigmaDelta{range}, drives, threshold);
    std::int32_t sum = 0;
    for (std::size_t t = 0; t < drives.size(); ++t) {
      sum += spikes[t];
      CHECK(sum == quantize(drives[t], threshold, range));
    }
  }
}

TEST_CASE("sigma_delta swings over its whole range in one spike") {
  CHECK(tests::spikes_of(SigmaDelta{{-128, 127}}, {1e30F, -1e30F, 1e30F, 0, 0}, 0.5F) ==
        std::vector<std::int32_t>{127, -255, 255, -127, 0});
}

TEST_CASE("sigma_delta takes a drive that is not a number for the lowest level, as Q does") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(tests::spikes_of(SigmaDelta{{-8, 7}}, {nan, 3, nan}, 1) == std::vector<std::int32_t>{-8, 11, -11});
}

TEST_CASE("the initial potential moves sigma_delta's rounding") {
  CHECK(tests::spikes_of(SigmaDelta{{-8, 7}}, {0.9F, 1.0F}, 1, 0) == std::vector<std::int32_t>{0, 1});
  CHECK(tests::spikes_of(SigmaDelta{{-8, 7}}, {0.9F, 1.0F}, 1, 1.5F) == std::vector<std::int32_t>{2, 0});
}

}  // namespace snnsim
