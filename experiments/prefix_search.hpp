#pragma once

#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/evaluation/segment.hpp"
#include "models/quantization/outlier_tokens.hpp"

namespace snnsim::experiments {

/// What quantization.prefix_tokens "search" took, and what it saw.
struct PrefixSearch {
  TokenIds tokens;  // none: nothing but the first position has massive activations
  models::OutlierSurvey survey;
  std::optional<models::OutlierSurvey> remaining;  // behind the tokens, if there are any

  bool operator==(const PrefixSearch&) const = default;
};

/// Prefixes that are tried at most.
inline constexpr std::size_t most_prefixes = 4;

/// PrefixQuant's tokens (models::prefix_of()). As long as massive activations remain behind a prefix, it is made longer
/// by one token (models::longer_prefix()) and tried; the one that leaves the fewest is taken, the first of equals.
PrefixSearch search_prefix(const models::DenseModel& dense, const std::vector<TokenIds>& calibration,
                           models::TokenId bos);

/// The most frequent 16 tokens.
nlohmann::ordered_json to_json(const models::OutlierSurvey& survey);
nlohmann::ordered_json to_json(const PrefixSearch& search);
/// Nothing if it is not what to_json() writes.
std::optional<PrefixSearch> prefix_search_of(const nlohmann::ordered_json& json);

}  // namespace snnsim::experiments
