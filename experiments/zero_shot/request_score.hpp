#pragma once

#include <vector>

#include "core/matrix.hpp"
#include "experiments/zero_shot/encoded_item.hpp"
#include "experiments/zero_shot/zero_shot_result.hpp"
#include "models/llama/dense_model.hpp"

namespace snnsim::experiments {

/// What a network makes of a request.
struct RequestScore {
  double log_probability = 0;  // Σ log p over the scored tokens, nats
  bool greedy = true;          // each of them is the most likely one
  bool operator==(const RequestScore&) const = default;
};

/// outputs: (all scored tokens of the item, in the order of its requests × hidden), the final RMSNorm of the positions
/// that predict them.
std::vector<RequestScore> score_requests(const models::DenseModel& model, const EncodedItem& item,
                                         const Matrix<float>& outputs);

/// Adds an item to a tally. Of equal sums the first choice wins.
void add_item(const EncodedItem& item, const std::vector<RequestScore>& scores, ZeroShotTally& tally);

}  // namespace snnsim::experiments
