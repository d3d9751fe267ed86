#include "models/calibration/calibration.hpp"

#include <numeric>

namespace snnsim::models {

BlockCalibration uncalibrated(const QuantizedBlock& block, std::uint32_t refinement) {
  BlockCalibration result;
  for (const Site site : kAllSites)
    if (const auto& quantizer = at(block.sites, site)) {
      at(result, site) = SiteCalibration{quantizer->step, std::vector<float>(quantizer->step.size(), 0.5F)};
      for (float& threshold : at(result, site)->threshold) threshold /= static_cast<float>(refinement);
    }
  return result;
}

const WeightMatrix& weights_of(const QuantizedBlock& block, const BlockCalibration& calibration, MatrixName name) {
  const WeightMatrix& own = at(calibration.weights, name);
  return own.integer != nullptr ? own : block.matrix(name);
}

QuantizedBlock with_weights(const QuantizedBlock& block, const BlockCalibration& calibration) {
  QuantizedBlock result = block;
  for (const MatrixName name : kAllMatrices) at(result.matrices, name) = weights_of(block, calibration, name);
  return result;
}

std::vector<float> step_potential(const SiteCalibration& calibration) {
  std::vector<float> sums(calibration.step_offset.size());
  std::partial_sum(calibration.step_offset.begin(), calibration.step_offset.end(), sums.begin());
  return sums;
}

}  // namespace snnsim::models
