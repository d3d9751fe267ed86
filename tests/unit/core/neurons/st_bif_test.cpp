#include "core/neurons/st_bif.hpp"

#include <cstdlib>

#include <doctest/doctest.h>

#include "tests/unit/core/neurons/single_neuron.hpp"

namespace snnsim {
namespace {

constexpr LevelRange kRange{-8, 7};

/// method.md section 2: emits clip(target - S(t-1), -B, B).
std::vector<std::int32_t> literal(std::int32_t most, const std::vector<float>& drives, double threshold) {
  std::int32_t sum = 0;
  std::vector<std::int32_t> spikes;
  for (const float drive : drives) {
    const double target = std::min(std::max(std::floor(drive / threshold + 0.5), -8.0), 7.0);
    const std::int32_t s = std::min(std::max(static_cast<std::int32_t>(target) - sum, -most), most);
    sum += s;
    spikes.push_back(s);
  }
  return spikes;
}

/// Of a neuron that emitted so much and is refractory until tick 9.
std::int32_t next_update(const StBif& neuron, float drive, std::int32_t emitted) {
  const float threshold = 1, start = 0.5F;
  std::int16_t spike = 0;
  std::int32_t state[] = {emitted, 9};
  return neuron.next_update(NeuronRow{1, &drive, &threshold, &start, state, &spike, 1});
}

}  // namespace

TEST_CASE("st_bif follows its equation for B = 1, 2, 3") {
  tests::Random random{5};
  for (const std::int32_t most : {1, 2, 3})
    for (int i = 0; i < 500; ++i) {
      const std::vector<float> drives = tests::random_drive(random, 10, 400, 1.0F / 64);
      CHECK(tests::spikes_of(StBif{kRange, most, 10}, drives, 0.5F) == literal(most, drives, 0.5));
    }
}

TEST_CASE("st_bif reaches the quantizer within ceil(distance / B) quiet steps, and then stays silent") {
  tests::Random random{6};
  for (const std::int32_t most : {1, 2, 3})
    for (int i = 0; i < 200; ++i) {
      std::vector<float> drives = tests::random_drive(random, 5, 400, 1.0F / 64);
      drives.resize(5 + (15 + most - 1) / most + 3, drives.back());
      const StBif neuron{kRange, most, static_cast<std::int32_t>(drives.size())};
      CHECK(tests::total_of(neuron, drives, 1) == quantize(drives.back(), 1, kRange));
      const std::vector<std::int32_t> spikes = tests::spikes_of(neuron, drives, 1);
      CHECK(std::vector(spikes.end() - 3, spikes.end()) == std::vector<std::int32_t>{0, 0, 0});
    }
}

TEST_CASE("st_bif asks for another update exactly while it has a deficit, when it may spike again") {
  const StBif neuron{kRange, 1, 4};
  CHECK(next_update(neuron, 3, 2) == 9);
  CHECK(next_update(neuron, 3, 4) == 9);
  CHECK(next_update(neuron, 3, 3) == 0);
  CHECK(next_update(neuron, 100, 7) == 0);  // clipped: there is nothing to reach beyond
  CHECK(next_update(neuron, std::nanf(""), -8) == 0);
}

TEST_CASE("st_bif is silent for its refractory time") {
  const std::vector<float> drives{3, 3, 3, 3, 3, 3, 0, 0};
  CHECK(tests::spikes_of(StBif{kRange, 1, 8, 3}, drives, 1) == std::vector<std::int32_t>{1, 0, 0, 1, 0, 0, -1, 0});
}

}  // namespace snnsim
