#include "core/neurons/integer_spiking.hpp"

#include <doctest/doctest.h>

#include "tests/unit/core/neurons/single_neuron.hpp"

namespace snnsim {
namespace {

constexpr std::int64_t kGrain = 1024;  // drives are multiples of θ / 1024

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// Eq. (2) of method.md, line by line, for one neuron. Potentials are rational: counted in θ / (1024 T).
std::vector<std::int32_t> literal(LevelRange range, std::int64_t timesteps, const std::vector<float>& drives,
                                  std::int64_t initial) {
  const std::int64_t theta = kGrain * timesteps, alpha_theta = -range.low * kGrain;  // α θ = -low θ / T
  const std::int64_t levels = (range.high - range.low + timesteps - 1) / timesteps;
  std::int64_t v = initial * timesteps, received = 0;
  std::vector<std::int32_t> spikes;
  for (const float drive : drives) {
    const auto sum = static_cast<std::int64_t>(drive * kGrain);
    const std::int64_t current = (sum - received) * timesteps;
    received = sum;
    const std::int64_t m = v + current + alpha_theta;
    const std::int64_t s = std::min(std::max<std::int64_t>(floor_divide(m, theta), 0), levels);
    v = m - s * theta;
    spikes.push_back(static_cast<std::int32_t>(s));
  }
  return spikes;
}

}  // namespace

TEST_CASE("integer_spiking follows eq. (2) step by step, for whole and for broken offsets") {
  tests::Random random{2};
  for (const std::int32_t timesteps : {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 31, 64})  // 32 / T is whole for some of them
    for (const LevelRange range : {LevelRange{-32, 31}, LevelRange{-128, 127}, LevelRange{-2, 1}, LevelRange{-3, 3}})
      for (int i = 0; i < 40; ++i) {
        CAPTURE(timesteps);
        const auto spread = random.between(1, 4000 * (range.high - range.low) / timesteps);
        const std::vector<float> drives =
            tests::random_drive(random, static_cast<std::size_t>(timesteps), spread, 1.0F / kGrain);
        CHECK(tests::spikes_of(IntegerSpiking{range, timesteps}, drives, 1) ==
              literal(range, timesteps, drives, kGrain / 2));
        CHECK(tests::spikes_of(IntegerSpiking{range, timesteps}, drives, 1, 0.125F) ==
              literal(range, timesteps, drives, kGrain / 8));
      }
}

TEST_CASE("integer_spiking is exact while no step leaves its levels and L T = high - low") {
  tests::Random random{3};
  constexpr LevelRange range{-30, 30};
  constexpr std::int32_t timesteps = 6, levels = 10;  // α = 5
  const IntegerSpiking neuron{range, timesteps};
  CHECK(neuron.levels() == levels);
  for (int i = 0; i < 2000; ++i) {
    float sum = 0;
    std::vector<float> drives;
    for (std::int32_t t = 0; t < timesteps; ++t)  // 0 <= I + αθ < L θ
      drives.push_back(sum += static_cast<float>(random.between(-5 * 64, 5 * 64 - 1)) / 64);
    CHECK(tests::total_of(neuron, drives, 1) == quantize(sum, 1, range));
  }
}

TEST_CASE("integer_spiking loses current that comes too late and keeps what is taken back") {
  const IntegerSpiking neuron{{-32, 31}, 4};  // emits -8 .. 8 a step
  CHECK(tests::total_of(neuron, {20, 20, 20, 20}, 1) == 20);
  CHECK(tests::total_of(neuron, {0, 0, 0, 20}, 1) == 8);
  CHECK(tests::total_of(neuron, {20, 20, 20, -32}, 1) > -32);
}

TEST_CASE("integer_spiking emits nothing but its offset for a drive that is not a number") {
  CHECK(tests::total_of(IntegerSpiking{{-32, 31}, 1}, {std::nanf("")}, 1) == -32);
}

}  // namespace snnsim
