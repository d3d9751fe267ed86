#pragma once

#include <memory>
#include <vector>

#include "experiments/pipeline.hpp"
#include "experiments/rotation_choice.hpp"

namespace snnsim::experiments {

/// The rotation that quantization.rotation and rotation_trials ask for. Each trial quantizes the model, by `quantizer`;
/// the one of least models::output_loss() on the calibration sequences (behind their prefix) is taken, the first of
/// equal ones. The loss of each trial is kept beside the quantized models.
RotationChoice choose_rotation(const Experiment& experiment, const std::shared_ptr<const models::DenseModel>& dense,
                               const std::vector<TokenIds>& calibration, const models::QuantizerOptions& quantizer,
                               const BuildOptions& build);

}  // namespace snnsim::experiments
