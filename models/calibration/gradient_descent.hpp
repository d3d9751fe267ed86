#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/calibration/block_gradient.hpp"
#include "models/calibration/block_parameters.hpp"
#include "models/calibration/calibrator.hpp"
#include "models/calibration/float_maps.hpp"

namespace snnsim::models {

/// How a calibrator descends.
struct DescentOptions {
  std::size_t epochs = 10;
  double learning_rate = 5e-4;  // at the start
  std::uint64_t seed = 1;       // of the order of sequences
  std::size_t batch = 1;        // sequences whose gradients, added up, make a step; processes share those of a batch
};

/// What descends: parameters, the calibration that they stand for, and the gradient by them, which is asked for once a
/// step and then called for each of our own examples of the batch, at the same time.
struct Descent {
  using Gradient = std::function<std::vector<double>(std::size_t own)>;

  std::vector<double> start;
  std::function<BlockCalibration(const std::vector<double>& parameters)> calibration;
  std::function<Gradient(const std::vector<double>& parameters, const BlockCalibration& calibration)> gradient;
};

/// AdamW with cosine decay, a batch of examples a step, in an order of its own in each epoch. Of the calibrations after
/// each epoch, and `start`, the one of least loss under the real dynamics is returned.
BlockCalibration descend(const BlockProblem& problem, const BlockCalibration& start, const Descent& descent,
                         const DescentOptions& options, const LossObserver& observer);

/// The same by the parameters of `groups`; gradient: on one of our own examples, of every site.
using SiteGradients = std::function<PerSite<SiteGradient<float>>(const BlockCalibration& calibration, std::size_t own)>;
BlockCalibration descend_by_sites(const BlockProblem& problem, const BlockCalibration& start,
                                  const ParameterGroups& groups, const SiteGradients& gradient,
                                  const DescentOptions& options, const LossObserver& observer);

/// The gradient of the loss of one example (method.md eq. (4)), through all steps of the block.
struct BlockGradients {
  PerSite<SiteGradient<float>> sites;
  PerMatrix<Matrix<float>> weights;  // (out × in), if asked for
};
BlockGradients loss_gradient(const BlockProblem& problem, const FloatMaps& maps, const BlockCalibration& calibration,
                             const BlockExample& example, bool by_weights = false);

/// Throws ConfigurationError for neurons whose count is not a function of one level (integrate_and_fire).
void check_differentiable(const BlockProblem& problem, std::string_view method);

}  // namespace snnsim::models
