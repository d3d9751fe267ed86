#pragma once

#include <nlohmann/json.hpp>

#include "experiments/segment_result.hpp"
#include "experiments/zero_shot/zero_shot_result.hpp"

namespace snnsim::experiments {

/// One line of results.jsonl. Doubles come back bit for bit; infinities and NaN are the strings "inf", "-inf", "nan".
nlohmann::ordered_json to_json(const SegmentResult& result);

/// Throws nlohmann::json::exception when a member is missing or has another type.
SegmentResult segment_result_from(const nlohmann::json& json);

/// The same for a chunk of a zero-shot task.
nlohmann::ordered_json to_json(const ZeroShotResult& result);
ZeroShotResult zero_shot_result_from(const nlohmann::json& json);
/// True if a line of results.jsonl is one of a zero-shot task.
bool is_zero_shot(const nlohmann::json& json);

nlohmann::ordered_json to_json(const OperationCount& count);

}  // namespace snnsim::experiments
