#include "experiments/zero_shot/request_score.hpp"

#include <algorithm>

#include "core/parallel.hpp"
#include "experiments/evaluation/scoring.hpp"

namespace snnsim::experiments {

namespace {

constexpr std::size_t kChunk = 32;  // positions whose logits exist at the same time

RequestScore score_token(std::span<const float> logits, models::TokenId id) {
  const auto wanted = static_cast<std::size_t>(id);
  const auto best = static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
  return {log_probabilities(logits)[wanted], best == wanted};
}

/// The scored tokens of all requests, one after another.
TokenIds scored_ids(const EncodedItem& item) {
  TokenIds ids;
  for (const Segment& request : item.requests)
    ids.insert(ids.end(), request.ids.begin() + static_cast<std::ptrdiff_t>(request.first_scored), request.ids.end());
  return ids;
}

std::vector<RequestScore> score_tokens(const models::DenseModel& model, const TokenIds& ids,
                                       const Matrix<float>& outputs) {
  std::vector<RequestScore> scores(ids.size());
  for (std::size_t first = 0; first < ids.size(); first += kChunk) {
    const std::vector<std::uint32_t> rows = models::row_range(first, std::min(first + kChunk, ids.size()));
    const Matrix<float> logits = model.logits(outputs, rows);
    parallel_for(rows.size(), [&](std::size_t k) {
      scores[rows[k]] = score_token({logits.row(k), logits.columns()}, ids[rows[k]]);
    });
  }
  return scores;
}

}  // namespace

std::vector<RequestScore> score_requests(const models::DenseModel& model, const EncodedItem& item,
                                         const Matrix<float>& outputs) {
  const std::vector<RequestScore> tokens = score_tokens(model, scored_ids(item), outputs);
  std::vector<RequestScore> scores;
  auto token = tokens.begin();
  for (const Segment& request : item.requests) {
    RequestScore& score = scores.emplace_back();
    for (std::size_t i = 0; i < request.scored(); ++i, ++token) {
      score.log_probability += token->log_probability;
      score.greedy = score.greedy && token->greedy;
    }
  }
  return scores;
}

void add_item(const EncodedItem& item, const std::vector<RequestScore>& scores, ZeroShotTally& tally) {
  std::size_t best = 0, best_norm = 0;
  const auto normalised = [&](std::size_t i) {
    return scores[i].log_probability / static_cast<double>(item.characters[i]);
  };
  for (std::size_t i = 1; i < scores.size(); ++i) {
    if (scores[i].log_probability > scores[best].log_probability) best = i;
    if (normalised(i) > normalised(best_norm)) best_norm = i;
  }
  const bool choice = scores.size() > 1;
  tally.correct += (choice ? best == item.gold : scores[0].greedy) ? 1 : 0;
  tally.correct_norm += choice && best_norm == item.gold ? 1 : 0;
  const double nll = -scores[item.gold].log_probability;
  tally.nll += nll;
  tally.nll_squared += nll * nll;
}

}  // namespace snnsim::experiments
