#include "core/neuron_model.hpp"

#include <optional>

#include <doctest/doctest.h>

#include "tests/unit/core/neurons/single_neuron.hpp"

namespace snnsim {
namespace {

/// Drives near the levels' edges, far outside them, and anywhere between; they may jump at every step.
std::vector<float> hard_drive(tests::Random& random, std::int32_t timesteps, LevelRange range, float threshold) {
  std::vector<float> drives;
  for (std::int32_t t = 0; t < timesteps; ++t) {
    float level = static_cast<float>(random.between(2 * range.low - 2, 2 * range.high + 2)) / 2;  // levels and halves
    switch (random.between(0, 5)) {
      case 0:
        level += random.uniform() - 0.5F;
        break;
      case 1:
        level = std::nextafter(level, 1e9F);
        break;
      case 2:
        level = std::nextafter(level, -1e9F);
        break;
      case 3:
        level = random.between(0, 1) == 0 ? -1e9F : 1e9F;
        break;
      default:
        break;
    }
    drives.push_back(level * threshold);
  }
  return drives;
}

/// A drive for which the neuron's total is not Q(X)/θ, if a search finds one.
std::optional<std::vector<float>> counterexample(const NeuronModel& neuron, std::int32_t timesteps, LevelRange range) {
  tests::Random random{9};
  for (int i = 0; i < 3000; ++i) {
    const float threshold = i % 2 == 0 ? 1.0F : 0.01F + random.uniform();
    const std::vector<float> drives = hard_drive(random, timesteps, range, threshold);
    if (tests::total_of(neuron, drives, threshold) != quantize(drives.back(), threshold, range)) return drives;
  }
  return std::nullopt;
}

void check_claim(const NeuronModel& neuron, std::int32_t timesteps, LevelRange range) {
  CAPTURE(name(neuron));
  CAPTURE(timesteps);
  CAPTURE(range.high);
  CHECK(exact(neuron, {}) == !counterexample(neuron, timesteps, range).has_value());
}

}  // namespace

TEST_CASE("a neuron claims to be exact if and only if no arrival pattern makes it differ from the quantizer") {
  for (const LevelRange range : {LevelRange{-1, 1}, LevelRange{-2, 1}, LevelRange{-3, 3}, LevelRange{-32, 31}})
    for (const std::int32_t timesteps : {1, 2, 3, 8}) {
      check_claim(SigmaDelta{range}, timesteps, range);
      check_claim(IntegerSpiking{range, timesteps}, timesteps, range);
      check_claim(IntegrateAndFire{range, timesteps}, timesteps, range);
      for (const std::int32_t most : {1, 2, 3, 6, 31, 32, 62, 63})
        check_claim(StBif{range, most, timesteps}, timesteps, range);
    }
}

TEST_CASE("names, clocks and state words are those of the alternative") {
  const NeuronModel is = IntegerSpiking{{-32, 31}, 5}, fire = IntegrateAndFire{{-1, 1}, 1};
  CHECK(name(is) == "integer_spiking");
  CHECK(clocked(is));
  CHECK(offset(is) == 32);
  CHECK(state_words(is) == 1);
  CHECK(name(fire) == "integrate_and_fire");
  CHECK(state_words(fire) == 2);
  CHECK_FALSE(clocked(SigmaDelta{{-1, 1}}));
  CHECK_FALSE(clocked(StBif{{-1, 1}, 1, 1}));
  CHECK(offset(NeuronModel(SigmaDelta{{-8, 7}})) == 0);
}

}  // namespace snnsim
