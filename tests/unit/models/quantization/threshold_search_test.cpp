#include "models/quantization/threshold_search.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/targets.hpp"

namespace snnsim::models {
namespace {

std::vector<float> bell_curve(std::size_t count, float outlier) {
  tests::Random random{5};
  std::vector<float> samples(count);
  for (float& x : samples) x = random.normal();
  samples.front() = outlier;
  return samples;
}

double plain_error(std::span<const float> samples, float step, LevelRange range) {
  std::array<double, 8> sums{};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const float difference = samples[i] - step * static_cast<float>(quantize(samples[i], step, range));
    sums[i % sums.size()] += static_cast<double>(difference) * static_cast<double>(difference);
  }
  double total = 0;
  for (const double sum : sums) total += sum;
  return total / static_cast<double>(samples.size());
}

/// The grids that the header describes, every step of them with its whole error.
float plain_search(std::span<const float> samples, LevelRange range) {
  float largest = 0;
  for (const float x : samples) largest = std::max(largest, std::fabs(x));
  const float start = static_cast<float>(2.0 * static_cast<double>(largest) / (range.high - range.low));
  std::vector<double> octaves{0};
  for (int i = -5; i <= 56; ++i) octaves.push_back(i / 8.0);
  float best = 0;
  double least = std::numeric_limits<double>::infinity();
  const auto consider = [&](double down) {
    const auto step = static_cast<float>(static_cast<double>(start) * std::exp2(-down));
    if (!std::isnormal(step) || !(plain_error(samples, step, range) < least)) return;
    least = plain_error(samples, step, range);
    best = step;
  };
  for (const double down : octaves) consider(down);
  const double centre = std::log2(static_cast<double>(start) / static_cast<double>(best));
  for (int i = -7; i <= 7; ++i) consider(centre + i / 64.0);
  return best;
}

}  // namespace

TEST_CASE("the step is that of a search that prunes nothing, to the bit, on every instruction set") {
  for (const std::size_t count : {1, 7, 8, 9, 255, 256, 257, 2000, 5632})
    for (const float outlier : {3.0F, 20.0F, -1e30F})
      for (const float scale : {1.0F, 1e-35F})  // with the small one some candidates are not normal
        for (const int bits : {2, 4, 8}) {
          CAPTURE(count);
          CAPTURE(outlier);
          CAPTURE(scale);
          CAPTURE(bits);
          const LevelRange range = signed_range(bits);
          std::vector<float> samples = bell_curve(count, outlier);
          for (float& x : samples) x *= scale;
          const float expected = plain_search(samples, range);
          const double error = plain_error(samples, expected, range);
          tests::on_every_target([&] {
            CHECK(search_step(samples, range) == expected);
            CHECK(quantization_error(samples, expected, range) == error);
          });
        }
}

TEST_CASE("signed ranges") {
  CHECK(signed_range(2) == LevelRange{-2, 1});
  CHECK(signed_range(8) == LevelRange{-128, 127});
}

TEST_CASE("the error of a few samples, by hand") {
  // step 0.5 in -2..1: 0.2 -> 0, 0.25 -> 0.5 (halves go up), 2 -> 0.5 (clipped), -0.25 -> 0, -3 -> -1 (clipped)
  const std::vector<float> samples = {0.2F, 0.25F, 2, -0.25F, -3};
  const double expected = (0.04 + 0.0625 + 2.25 + 0.0625 + 4) / 5;
  CHECK(quantization_error(samples, 0.5F, signed_range(2)) == doctest::Approx(expected).epsilon(1e-6));
  CHECK(quantization_error({}, 0.5F, signed_range(2)) == 0);
}

TEST_CASE("samples that are multiples of a step on the grid are found without error") {
  CHECK(search_step(std::vector<float>{3, -2, 1}, {-3, 3}) == 1.0F);
  CHECK(search_step(std::vector<float>{0.75F, -0.5F, 0.25F}, {-3, 3}) == 0.25F);
  CHECK(search_step(std::vector<float>{-6, 2, 4}, {-3, 3}) == 2.0F);
}

TEST_CASE("no step of a fine brute-force search has much less error") {
  for (const int bits : {2, 3, 4, 6, 8}) {
    for (const float outlier : {0.0F, 20.0F}) {
      const std::vector<float> samples = bell_curve(2000, outlier);
      const LevelRange range = signed_range(bits);
      double least = std::numeric_limits<double>::max();
      for (float step = 32; step > 1e-3F; step *= 0.995F)
        least = std::min(least, quantization_error(samples, step, range));
      const double found = quantization_error(samples, search_step(samples, range), range);
      CHECK_MESSAGE(found <= 1.02 * least, bits, " bits, outlier ", outlier, ": ", found, " against ", least);
    }
  }
}

TEST_CASE("a constant, of either sign, is almost without error") {
  for (const float value : {3.0F, -3.0F, 1e-30F, 1e30F, 3e38F}) {
    const std::vector<float> samples(10, value);
    for (const int bits : {2, 8}) {
      const float step = search_step(samples, signed_range(bits));
      CHECK_MESSAGE(std::sqrt(quantization_error(samples, step, signed_range(bits))) < 0.01 * std::fabs(value), value,
                    " in ", bits, " bits has step ", step);
    }
  }
}

TEST_CASE("nothing but zeros has step one; what is not finite is refused") {
  CHECK(search_step({}, signed_range(8)) == 1.0F);
  CHECK(search_step(std::vector<float>(5), signed_range(8)) == 1.0F);
  CHECK_THROWS_AS(search_step(std::vector<float>{1, NAN}, signed_range(8)), DataError);
  CHECK_THROWS_AS(search_step(std::vector<float>{-INFINITY}, signed_range(8)), DataError);
}

TEST_CASE("of very many samples every one is checked, and the step is that of an even selection") {
  std::vector<float> samples(300000, 1.0F);
  CHECK(search_step(samples, {-1, 1}) == 1.0F);
  samples.back() = NAN;
  CHECK_THROWS_AS(search_step(samples, {-1, 1}), DataError);
}

TEST_CASE("outliers in one channel of rows are seen, whatever the number of samples") {
  constexpr std::size_t width = 16;
  tests::Random random{6};
  for (const std::size_t rows : {5000, 10000, 26000, 60000}) {  // 1 to 8 samples for each that is looked at
    std::vector<float> samples(rows * width);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = random.normal() * (i % width == 1 ? 30.0F : 1.0F);
    const LevelRange range = signed_range(6);
    double least = std::numeric_limits<double>::max();
    for (float step = 8; step > 0.05F; step *= 0.9F) least = std::min(least, quantization_error(samples, step, range));
    CHECK_MESSAGE(quantization_error(samples, search_step(samples, range), range) <= 1.02 * least, rows, " rows");
  }
}

}  // namespace snnsim::models
