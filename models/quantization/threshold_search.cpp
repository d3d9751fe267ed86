#include "models/quantization/threshold_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/error.hpp"
#include "core/random.hpp"

namespace snnsim::models {

namespace {

constexpr std::size_t kMostSamples = std::size_t{1} << 17U;
constexpr int kCoarse = 56;  // 7 octaves below the step at which the range spans the samples
constexpr int kAbove = 5;    // and 5/8 above: in 2 bits a largest value that is positive has level 1, not 1.5
constexpr int kFine = 7;     // on each side of the best coarse step

/// One of every `stride` samples, each time another of them: a fixed one would see the same channels in every row
/// where the stride and the width have a common divisor.
std::vector<float> thin_out(std::span<const float> samples) {
  const std::size_t stride = samples.size() / kMostSamples + 1;
  const RandomStream random(0, RandomStream::Purpose::threshold_samples);
  std::vector<float> kept;
  kept.reserve(samples.size() / stride + 1);
  for (std::size_t i = 0; i < samples.size(); i += stride)
    kept.push_back(samples[i + random.bits(i) % std::min(stride, samples.size() - i)]);
  return kept;
}

float largest_magnitude(std::span<const float> samples) {
  float largest = 0;
  for (const float x : samples) {
    if (!std::isfinite(x))
      throw DataError("a NaN or infinite value appeared where quantization ranges are measured",
                      "check the checkpoint: some weights or activations overflow");
    largest = std::max(largest, std::abs(x));
  }
  return largest;
}

}  // namespace

LevelRange signed_range(int bits) {
  return {-(1 << (bits - 1)), (1 << (bits - 1)) - 1};
}

double quantization_error(std::span<const float> samples, float step, LevelRange range) {
  std::array<double, 8> sums{};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const float difference = samples[i] - step * static_cast<float>(quantize(samples[i], step, range));
    sums[i % sums.size()] += static_cast<double>(difference) * static_cast<double>(difference);
  }
  double total = 0;
  for (const double s : sums) total += s;
  return samples.empty() ? 0 : total / static_cast<double>(samples.size());
}

float search_step(std::span<const float> samples, LevelRange range) {
  const float largest = largest_magnitude(samples);
  const auto start = static_cast<float>(2.0 * static_cast<double>(largest) / (range.high - range.low));
  if (!(start > 0) || !std::isnormal(start)) return 1.0F;
  const std::vector<float> kept = thin_out(samples);
  float best = start;
  double least = quantization_error(kept, start, range);
  const auto consider = [&](double octaves_down) {
    const auto step = static_cast<float>(static_cast<double>(start) * std::exp2(-octaves_down));
    const double error = quantization_error(kept, step, range);
    if (std::isnormal(step) && error < least) {
      least = error;
      best = step;
    }
  };
  for (int i = -kAbove; i <= kCoarse; ++i) consider(i / 8.0);
  const double centre = std::log2(static_cast<double>(start) / static_cast<double>(best));
  for (int i = -kFine; i <= kFine; ++i) consider(centre + i / (8.0 * (kFine + 1)));
  return best;
}

}  // namespace snnsim::models
