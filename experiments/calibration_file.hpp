#pragma once

#include <filesystem>
#include <string_view>

#include <nlohmann/json.hpp>

#include "models/calibration/calibrator.hpp"

namespace snnsim::experiments {

/// calibration.json of a run directory: per block the loss before, after and after each round, and the parameters of
/// each population; equal neighbours stand once, as [value, channels]. What was written is read back bit for bit.
///
///     { "blocks": [ { "loss_before": 0.02, "loss_after": 0.01, "curve": [ … ], "seconds": 1.5,
///                     "populations": { "attn_in": { "threshold": [[0.1, 288]], "initial_potential": [[0.5, 288]] } } }
///                     ] }
nlohmann::ordered_json to_json(const models::CalibrationOutcome& outcome);
void write_calibration(const std::filesystem::path& file, const models::CalibrationOutcome& outcome);

/// The blocks that a file holds: the first ones of `model`, or all. Throws DataError for a file that does not fit it.
models::CalibrationOutcome read_calibration(const std::filesystem::path& file, const models::QuantizedModel& model);
/// The same of its content.
models::CalibrationOutcome parse_calibration(std::string_view text, const std::filesystem::path& file,
                                             const models::QuantizedModel& model);

}  // namespace snnsim::experiments
