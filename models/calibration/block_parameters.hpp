#pragma once

#include <cstddef>
#include <vector>

#include "models/calibration/block_gradient.hpp"
#include "models/calibration/calibration.hpp"

namespace snnsim::models {

/// Which channels of a site share a parameter.
struct ParameterGroups {
  static constexpr std::size_t kWholeSite = 0;

  std::size_t threshold = kWholeSite;         // channels with one threshold; always a head in q, k, v
  std::size_t potential = kWholeSite;         // channels with one initial potential
  bool thresholds = true, potentials = true;  // which of the two are parameters at all
  std::size_t offsets = 0;                    // steps of a site that have a δ(t) of their own: T, or 0
};

/// The parameters of a block as one vector (method.md section 6): site after site, ln(θ / its start) of every group,
/// then v(0)/θ of every group, then δ(t)/θ of every step. With whole sites a block of LLaMA-2-7B has 4 + 3 × 32 + 7 =
/// 107.
class BlockParameters {
 public:
  BlockParameters(BlockCalibration start, const LlamaConfig& config, const ParameterGroups& groups);

  std::vector<double> values() const;
  BlockCalibration calibration(const std::vector<double>& values) const;
  /// From the gradient by each channel's θ and v(0)/θ, and each step's δ, to that by values().
  std::vector<double> reduce(const PerSite<SiteGradient<float>>& gradients, const BlockCalibration& calibration) const;

 private:
  BlockCalibration start_;
  PerSite<std::size_t> threshold_group_{}, potential_group_{};  // channels; 0: not parameters
  std::size_t offsets_;                                         // of a site
};

}  // namespace snnsim::models
