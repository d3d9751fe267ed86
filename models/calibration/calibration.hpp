#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/llama/sites.hpp"
#include "models/quantization/quantized_model.hpp"

namespace snnsim::models {

/// What calibration may change of a population.
struct SiteCalibration {
  std::vector<float> threshold;          // θ (width), > 0
  std::vector<float> initial_potential;  // v(0)/θ (width)
  bool operator==(const SiteCalibration&) const = default;
};

/// Of the populations of a block; empty where a site does not spike.
using BlockCalibration = PerSite<std::optional<SiteCalibration>>;

/// Thresholds and initial potentials of all populations: what a Calibrator makes, and the Converter takes.
struct Calibration {
  std::vector<BlockCalibration> blocks;
  bool operator==(const Calibration&) const = default;
};

/// The block as its quantizers are: θ = λ / `refinement`, v(0) = θ/2.
BlockCalibration uncalibrated(const QuantizedBlock& block, std::uint32_t refinement = 1);

/// True if all channels have one threshold, so that it is a common factor of what they drive.
bool is_uniform(const std::vector<float>& threshold);

}  // namespace snnsim::models
