#include "models/calibration/calibration.hpp"

#include <algorithm>

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

bool is_uniform(const std::vector<float>& threshold) {
  return std::ranges::all_of(threshold, [&](float value) { return value == threshold.front(); });
}

}  // namespace snnsim::models
