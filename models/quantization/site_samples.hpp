#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "models/llama/sites.hpp"
#include "models/quantization/quantized_model.hpp"

namespace snnsim::models {

/// Which channels of a site share a step: all; those of a head in q, k and v, all elsewhere; none. Or as per_head, but
/// the step follows from each token's own values, not from the calibration text.
enum class Granularity { per_tensor, per_head, per_channel, per_token };

/// How a step follows from the values that it quantizes.
struct StepRule {
  std::optional<double> percentile;  // of |x|, where the range ends, 0..100; none: least mean square error

  float operator()(std::span<const float> samples, LevelRange range) const;
};

/// A dynamic quantizer.
ActivationQuantizer dynamic_quantizer(const LlamaConfig& config, Site site, LevelRange range);

/// The values of one site on the calibration text.
class SiteSamples {
 public:
  /// rows: that will be added.
  SiteSamples(const LlamaConfig& config, Site site, Granularity granularity, std::size_t rows);

  void add(const Matrix<float>& x, std::span<const std::uint32_t> rows);

  /// max|x| of each channel (width).
  std::vector<float> largest() const;
  /// Steps for values that are divided by factors (width; none: by nothing), times these. Channels of their own that
  /// are always 0 take a step in the middle of the others' (balanced() in channel_factors.hpp). Throws DataError for
  /// NaN or infinity.
  ActivationQuantizer fit(LevelRange range, const StepRule& rule, std::span<const float> factors = {}) const;

 private:
  std::size_t width_;  // channels of a group
  bool per_channel_;
  std::vector<std::vector<float>> values_;  // of each group, channel after channel in every row
};

}  // namespace snnsim::models
