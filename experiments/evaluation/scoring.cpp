#include "experiments/evaluation/scoring.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/kernels/softmax_sums.hpp"
#include "core/parallel.hpp"

namespace snnsim::experiments {

namespace {

constexpr double not_evaluated = std::numeric_limits<double>::quiet_NaN();

struct PredictionScore {
  double dense = 0, qann = 0, snn = 0;  // nats
  double kl_dense_snn = 0, kl_qann_snn = 0;
};

/// `qann` and `snn` are empty where the network is not evaluated: their numbers stay zero.
PredictionScore score_prediction(std::span<const float> dense, std::span<const float> qann, std::span<const float> snn,
                                 std::size_t wanted) {
  const std::vector<double> d = log_probabilities(dense);
  PredictionScore score{.dense = -d[wanted]};
  if (qann.empty()) return score;
  const std::vector<double> q = log_probabilities(qann);
  score.qann = -q[wanted];
  if (snn.empty()) return score;
  const bool qann_is_snn = std::ranges::equal(qann, snn);
  const std::vector<double> s = qann_is_snn ? q : log_probabilities(snn);
  score.snn = -s[wanted];
  score.kl_dense_snn = divergence(d, s);
  score.kl_qann_snn = qann_is_snn ? 0.0 : divergence(q, s);
  return score;
}

void add(Likelihood& likelihood, double nll) {
  likelihood.nll += nll;
  likelihood.nll_squared += nll * nll;
}

/// Nothing if `output` is null.
Matrix<float> logits(const models::DenseModel& model, const Matrix<float>* output,
                     std::span<const std::uint32_t> rows) {
  return output == nullptr ? Matrix<float>() : model.logits(*output, rows);
}

}  // namespace

std::vector<double> log_probabilities(std::span<const float> logits) {
  const double largest = *std::ranges::max_element(logits);
  const double normaliser = largest + std::log(exponential_sum(logits, largest));
  std::vector<double> result(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) result[i] = static_cast<double>(logits[i]) - normaliser;
  return result;
}

void score(const models::DenseModel& model, const Segment& segment, const NetworkOutputs& outputs,
           SegmentResult& result, std::vector<TokenLikelihood>* tokens) {
  const TokenIds& ids = segment.ids;
  result.tokens = segment.scored();
  for (std::size_t first = segment.first_scored - 1; first < segment.inputs(); first += scored_at_once) {
    const std::vector<std::uint32_t> rows =
        models::row_range(first, std::min(first + scored_at_once, segment.inputs()));
    const Matrix<float> dense = model.logits(outputs.dense, rows);
    const Matrix<float> qann = logits(model, outputs.qann, rows);
    const Matrix<float> snn = logits(model, outputs.snn, rows);
    std::vector<PredictionScore> scores(rows.size());
    const auto row = [](const Matrix<float>& m, std::size_t k) {
      return m.values().subspan(k * m.columns(), m.columns());
    };
    parallel_for(rows.size(), [&](std::size_t k) {
      scores[k] =
          score_prediction(row(dense, k), row(qann, k), row(snn, k), static_cast<std::size_t>(ids[rows[k] + 1]));
    });
    for (std::size_t k = 0; k < rows.size(); ++k) {
      add(result.dense, scores[k].dense);
      add(result.qann, scores[k].qann);
      add(result.snn, scores[k].snn);
      result.kl_dense_snn += scores[k].kl_dense_snn;
      result.kl_qann_snn += scores[k].kl_qann_snn;
      if (tokens != nullptr)
        tokens->push_back({rows[k] + std::size_t{1}, ids[rows[k] + 1], scores[k].dense,
                           outputs.qann != nullptr ? scores[k].qann : not_evaluated,
                           outputs.snn != nullptr ? scores[k].snn : not_evaluated});
    }
  }
}

}  // namespace snnsim::experiments
