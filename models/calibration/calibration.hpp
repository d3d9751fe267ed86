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
  /// δ(t)/θ, what step t of an integer_spiking neuron adds to its offset α, in all channels (T); empty: nothing.
  std::vector<float> step_offset{};
  std::optional<std::uint32_t> phase{};  // steps that it waits (Population::phase); empty: as the network says
  bool operator==(const SiteCalibration&) const = default;
};

/// Of the populations of a block, empty where a site does not spike; and of its products.
struct BlockCalibration : PerSite<std::optional<SiteCalibration>> {
  PerMatrix<std::vector<float>> bias;  // added to W x (out); empty: none
  PerMatrix<WeightMatrix> weights;     // instead of those of the QuantizedBlock; without integers: those
  bool operator==(const BlockCalibration&) const = default;
};

/// What calibration makes of all blocks: a Calibrator's result, and what the Converter takes.
struct Calibration {
  std::vector<BlockCalibration> blocks;
  bool operator==(const Calibration&) const = default;
};

/// The block as its quantizers are: θ = λ / `refinement`, v(0) = θ/2.
BlockCalibration uncalibrated(const QuantizedBlock& block, std::uint32_t refinement = 1);

/// The weights that a product of the calibrated block has.
const WeightMatrix& weights_of(const QuantizedBlock& block, const BlockCalibration& calibration, MatrixName name);
/// The block with those weights.
QuantizedBlock with_weights(const QuantizedBlock& block, const BlockCalibration& calibration);

/// Σ_{i<=t} δ(i) for each step t: Population::step_potential.
std::vector<float> step_potential(const SiteCalibration& calibration);

}  // namespace snnsim::models
