#include "models/quantization/threshold_search.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.hpp"
#include "core/kernels/squared_error.hpp"
#include "core/random.hpp"

namespace snnsim::models {

namespace {

constexpr std::size_t kMostSamples = std::size_t{1} << 17U;
constexpr int kCoarse = 56;  // 7 octaves below the step at which the range spans the samples
constexpr int kAbove = 5;    // and 5/8 above: in 2 bits a largest value that is positive has level 1, not 1.5
constexpr int kFine = 7;     // on each side of the best coarse step

/// One of every few samples, each time another of them: a fixed one would see the same channels in every row where the
/// stride and the width have a common divisor. Keeps those that it selects in `kept`.
std::span<const float> thin_out(std::span<const float> samples, std::vector<float>& kept) {
  const std::size_t stride = samples.size() / kMostSamples + 1;
  if (stride == 1) return samples;
  const RandomStream random(0, RandomStream::Purpose::threshold_samples);
  kept.reserve(samples.size() / stride + 1);
  for (std::size_t i = 0; i < samples.size(); i += stride)
    kept.push_back(samples[i + random.bits(i) % std::min(stride, samples.size() - i)]);
  return kept;
}

/// Magnitudes are in the order of their bits, and what is not finite comes last; an integer maximum becomes vector
/// instructions.
float largest_magnitude(std::span<const float> samples) {
  std::uint32_t bits = 0;
  for (const float x : samples) bits = std::max(bits, std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFFU);
  const auto largest = std::bit_cast<float>(bits);
  if (!std::isfinite(largest))
    throw DataError("a NaN or infinite value appeared where quantization ranges are measured",
                    "check the checkpoint: some weights or activations overflow");
  return largest;
}

/// quantization_error() where that is below the bound, else something that is not: sums of squares never fall, so a
/// part of the samples may be enough to tell.
double error_below(std::span<const float> samples, float step, LevelRange range, double bound) {
  constexpr std::size_t part = 256;
  std::array<double, 8> sums{};
  double error = 0;
  for (std::size_t first = 0; first < samples.size() && error < bound; first += part) {
    add_squared_errors(samples.subspan(first, std::min(part, samples.size() - first)), step, range, sums);
    double total = 0;
    for (const double s : sums) total += s;
    error = total / static_cast<double>(samples.size());
  }
  return error;
}

/// The step of a range that ends at ±x, or of one without negative levels that ends at x.
float spanning_step(float x, LevelRange range) {
  const int levels = range.low < 0 ? range.high - range.low : 2 * range.high;
  return static_cast<float>(2.0 * static_cast<double>(x) / levels);
}

}  // namespace

LevelRange unsigned_range(int bits) {
  return {0, (1 << bits) - 1};
}

LevelRange signed_range(int bits) {
  return {-(1 << (bits - 1)), (1 << (bits - 1)) - 1};
}

double quantization_error(std::span<const float> samples, float step, LevelRange range) {
  return error_below(samples, step, range, std::numeric_limits<double>::infinity());
}

float search_step(std::span<const float> samples, LevelRange range) {
  const float start = spanning_step(largest_magnitude(samples), range);
  if (!(start > 0) || !std::isnormal(start)) return 1.0F;
  std::vector<float> selected;
  const std::span<const float> kept = thin_out(samples, selected);
  float best = start;
  double least = quantization_error(kept, start, range);
  const auto consider = [&](double octaves_down) {
    const auto step = static_cast<float>(static_cast<double>(start) * std::exp2(-octaves_down));
    const double error = std::isnormal(step) ? error_below(kept, step, range, least) : least;
    if (error < least) {
      least = error;
      best = step;
    }
  };
  for (int i = -kAbove; i <= kCoarse; ++i) consider(i / 8.0);
  const double centre = std::log2(static_cast<double>(start) / static_cast<double>(best));
  for (int i = -kFine; i <= kFine; ++i) consider(centre + i / (8.0 * (kFine + 1)));
  return best;
}

float percentile_step(std::span<const float> samples, LevelRange range, double percentile) {
  largest_magnitude(samples);  // all are finite
  if (samples.empty()) return 1.0F;
  std::vector<float> magnitudes(samples.begin(), samples.end());
  for (float& x : magnitudes) x = std::abs(x);
  const auto rank =
      static_cast<std::ptrdiff_t>(std::llround(percentile / 100 * static_cast<double>(magnitudes.size() - 1)));
  std::nth_element(magnitudes.begin(), magnitudes.begin() + rank, magnitudes.end());
  const float step = spanning_step(magnitudes[static_cast<std::size_t>(rank)], range);
  return std::isnormal(step) ? step : 1.0F;
}

}  // namespace snnsim::models
