#pragma once

#include <cstdint>
#include <vector>

#include "models/quantization/input_moments.hpp"
#include "models/quantization/rounded_weights.hpp"

namespace snnsim::models {

/// What rounding one input channel's weights asks of the others: GPTQ (Frantar et al., arXiv 2210.17323), in the form
/// of Babai's nearest plane. With H = M^T M, M lower triangular and the channels in the order in which they are
/// rounded, the error of a row is |M d|², d = w - q, and channel j adds (M_jj)² (d_j + Σ_{i<j} d_i M_ji / M_jj)² to it:
/// so q_j is w_j + Σ_{i<j} d_i M_ji / M_jj, rounded. This needs the Cholesky factor of H, but not its inverse.
class ErrorFeedback {
 public:
  static constexpr float kDamping = 0.001F;  // perplexity of stories15M at 4 bits: least, among powers of ten

  /// Channels are rounded in the order of falling H_jj (act-order), equal ones by their number. `damping` × the mean of
  /// H_jj is added to the diagonal; ten times as much, and so on, where that leaves H singular in fp32. Without any
  /// input (H = 0) there is no feedback. Throws DataError if H holds a number that is not finite.
  explicit ErrorFeedback(const InputMoments& moments, float damping = kDamping);

  std::size_t width() const { return order_.size(); }
  /// The channel that is rounded p-th.
  std::uint32_t channel(std::size_t p) const { return order_[p]; }
  /// M_pi / M_pp for the channels i < p in that order.
  const float* weights(std::size_t p) const { return factor_.row(p); }
  /// M_pp: what the error that is left at channel p counts, squared, in that of its row.
  float pivot(std::size_t p) const { return factor_.row(p)[p]; }

 private:
  std::vector<std::uint32_t> order_;
  Matrix<float> factor_;  // (width × width), the lower triangle
};

/// Weights rounded with feedback, and what is left: d H d^T of each row (out), H with the damping.
struct FeedbackResult {
  RoundedWeights weights;
  std::vector<double> error;
};

/// Rounds each row to these scales (groups × out).
FeedbackResult round_with_feedback(const FloatWeights& weights, const ErrorFeedback& feedback, RoundingGrid grid,
                                   const Matrix<float>& scale);

/// The same with the best scales for each row, of those of search_scales() times 2^(-4/8) .. 2^(3/8): feedback moves
/// weights further than rounding does, and what is clipped is made up for.
RoundedWeights round_with_feedback(const FloatWeights& weights, const ErrorFeedback& feedback, RoundingGrid grid);

}  // namespace snnsim::models
