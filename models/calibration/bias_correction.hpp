#pragma once

#include <memory>

#include "models/calibration/calibrator.hpp"

namespace snnsim::models {

/// The bias shift of SNNC (Li et al., ICML 2021), b += E[ann - snn], as data-free quantization corrects biases (Nagel
/// et al., ICCV 2019): a constant is added to every output of a product, by which its mean over all positions of the
/// calibration text becomes that of the dense model, with spikes that arrive as they do. Stage after stage, each behind
/// the corrected ones. Products are linear, so the means of what a site emits and of its dense value are all that is
/// needed. Costs five runs of the block. A bias is an addition for each output of a product, beside the spikes.
std::unique_ptr<const Calibrator> make_bias_correction();

}  // namespace snnsim::models
