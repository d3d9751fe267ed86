#include "models/quantization/calibration_states.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "models/llama/dense_arithmetic.hpp"

namespace snnsim::models {

CalibrationStates::CalibrationStates(const DenseModel& dense, const std::vector<std::vector<TokenId>>& sequences,
                                     std::size_t prefix)
    : dense_(dense), prefix_(prefix) {
  for (const auto& sequence : sequences)
    if (sequence.size() > prefix) hidden_.push_back(dense.embed(sequence));
  if (hidden_.empty())
    throw DataError("the calibration text has no token after the full-precision prefix",
                    "give a longer quantization.calibration.text, or fewer prefix_tokens");
}

std::size_t CalibrationStates::rows() const {
  std::size_t sum = 0;
  for (const Matrix<float>& hidden : hidden_) sum += hidden.rows() - prefix_;
  return sum;
}

std::size_t CalibrationStates::longest() const {
  std::size_t most = 0;
  for (const Matrix<float>& hidden : hidden_) most = std::max(most, hidden.rows());
  return most;
}

void CalibrationStates::observe_output(
    const std::function<void(const Matrix<float>&, std::span<const std::uint32_t> rows)>& observer) const {
  for (const Matrix<float>& hidden : hidden_) {
    const std::vector<std::uint32_t> rows = row_range(prefix_, hidden.rows());
    Matrix<float> normalised(hidden.rows(), hidden.columns());
    dense_.final_norm(hidden, rows, normalised);
    observer(normalised, rows);
  }
}

void CalibrationStates::forward(std::size_t k, const BlockFloats& weights, Matrix<float>& hidden, BlockBuffers& buffers,
                                const Observer& observer) const {
  const std::size_t kv = width(dense_.config(), Site::k);
  KvCache cache{Matrix<float>(hidden.rows(), kv), Matrix<float>(hidden.rows(), kv)};
  const std::vector<std::uint32_t> all = row_range(0, hidden.rows());
  DenseModel::SiteObserver site;
  if (observer) site = [&](Site s, const Matrix<float>& x) { observer(s, x, std::span(all).subspan(prefix_)); };
  DenseArithmetic arithmetic(weights, all, site);
  forward_block(dense_.block(k), arithmetic, all, hidden, OneSequence(cache), buffers);
}

void CalibrationStates::advance(std::size_t k, const BlockFloats& weights, const Observer& observer) {
  BlockBuffers buffers;
  for (Matrix<float>& hidden : hidden_) forward(k, weights, hidden, buffers, observer);
}

void CalibrationStates::observe(std::size_t k, const BlockFloats& weights, const Observer& observer) const {
  BlockBuffers buffers;
  for (Matrix<float> hidden : hidden_) forward(k, weights, hidden, buffers, observer);
}

}  // namespace snnsim::models
