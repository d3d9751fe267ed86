#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "models/calibration/calibrator.hpp"

namespace snnsim::experiments {

/// calibration.json of a run directory: per block the loss before, after and after each round, and the parameters of
/// each population; equal neighbours stand once, as [value, channels]. What was written is read back bit for bit.
///
///     { "blocks": [ { "loss_before": 0.02, "loss_after": 0.01, "curve": [ … ], "seconds": 1.5, "tokens": 2048,
///                     "peak_memory_bytes": 260888000,
///                     "populations": { "attn_in": { "threshold": [[0.1, 288]], "initial_potential": [[0.5, 288]] } } }
///                     ] }
///
/// A population may have a "step_offset", T values, and a "phase", the steps that it waits; a block a "bias" of some of
/// its matrices, and "weights": true when its weights are others than the quantizer's: they are in the folder
/// calibrated_weights beside the file (models::SavedBlocks).
nlohmann::ordered_json to_json(const models::CalibrationOutcome& outcome);
/// Also the weights of blocks that have their own. Throws DataError when it cannot be written.
void write_calibration(const std::filesystem::path& file, const models::CalibrationOutcome& outcome,
                       const models::QuantizedModel& model);

/// The blocks that a file holds: the first ones of `model`, or all. Throws DataError for a file that does not fit it.
models::CalibrationOutcome read_calibration(const std::filesystem::path& file, const models::QuantizedModel& model);
/// The same of its content; `weights` reads those of block k.
using WeightsReader = std::function<models::PerMatrix<models::WeightMatrix>(std::size_t k)>;
models::CalibrationOutcome parse_calibration(std::string_view text, const std::filesystem::path& file,
                                             const models::QuantizedModel& model, const WeightsReader& weights = {});

}  // namespace snnsim::experiments
