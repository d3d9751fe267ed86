#pragma once

#include <memory>
#include <span>
#include <vector>

#include "models/quantization/input_moments.hpp"
#include "models/quantization/rounded_weights.hpp"

/// Factors c > 0 that divide the channels of a site before it is quantized and multiply the columns of the weights that
/// it feeds: the products stay the same, but neither side has to bear large channels alone. In the spiking network they
/// are thresholds θ c of the neurons. Only their ratios matter.
namespace snnsim::models {

/// The factors with those that are 0 or not finite replaced by the geometric mean of the others (1 if there is none),
/// and the rest kept within 2^±10 of it, so that no channel takes the levels of all others.
std::vector<float> balanced(std::vector<float> factors);

/// Each divided by the first. Empty if all are equal.
std::vector<float> ratios(std::span<const float> factors);

/// The largest |w| of each column (in) of matrices that share their input.
std::vector<float> largest_weights(std::span<const std::shared_ptr<const FloatWeights>> matrices);

/// c_j = max|x_j|^alpha / max|w_j|^(1 - alpha), balanced (SmoothQuant, Xiao et al., arXiv 2211.10438). alpha: 0..1.
std::vector<float> smoothing_factors(std::span<const float> largest_inputs, std::span<const float> largest_weights,
                                     float alpha);

/// c_j = (root mean square of x_j)^alpha, balanced, with the alpha of 0, 0.1 .. 1 whose nearest weights change the
/// products least: Σ d H d^T over at most 256 rows of each matrix (AWQ, Lin et al., arXiv 2306.00978). The matrices
/// share the input that the moments are of. Throws DataError for moments that are not finite.
std::vector<float> weight_aware_factors(const InputMoments& moments,
                                        std::span<const std::shared_ptr<const FloatWeights>> matrices,
                                        RoundingGrid grid);

}  // namespace snnsim::models
