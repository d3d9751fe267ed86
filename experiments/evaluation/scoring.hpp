#pragma once

#include <span>
#include <vector>

#include "experiments/evaluation/segment.hpp"
#include "experiments/segment_result.hpp"
#include "experiments/token_table.hpp"
#include "models/llama/dense_model.hpp"

namespace snnsim::experiments {

inline constexpr std::size_t scored_at_once = 32;  // positions whose logits exist at the same time

/// Final RMSNorm of one segment in each network: (its positions × hidden). Null: the network is not evaluated.
struct NetworkOutputs {
  const Matrix<float>& dense;
  const Matrix<float>* qann = nullptr;
  const Matrix<float>* snn = nullptr;
};

/// Scores the predictions of the segment that count (position i predicts ids[i + 1]) into result.dense, qann, snn,
/// tokens and the divergences KL(dense‖SNN), KL(QANN‖SNN). Logits are made a few positions at a time and not kept.
/// `tokens`, if not null, receives a line per prediction; NaN for a network that is not evaluated.
void score(const models::DenseModel& dense, const Segment& segment, const NetworkOutputs& outputs,
           SegmentResult& result, std::vector<TokenLikelihood>* tokens);

/// log softmax in double, summed in one fixed order (exponential_sum()).
std::vector<double> log_probabilities(std::span<const float> logits);

}  // namespace snnsim::experiments
