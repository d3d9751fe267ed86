#include "models/quantization/error_feedback.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <Eigen/Cholesky>

#include "core/error.hpp"
#include "core/parallel.hpp"

namespace snnsim::models {

namespace {

constexpr std::size_t kBlock = 128;  // channels whose errors are passed on together
constexpr float kMostDamping = 1e6F;

double mean_diagonal(const InputMoments& moments) {
  double sum = 0;
  for (std::size_t j = 0; j < moments.width(); ++j) sum += static_cast<double>(moments(j, j));
  if (!std::isfinite(sum))
    throw DataError("a NaN or infinite value appeared where the inputs of a matrix are measured",
                    "check the checkpoint: some weights or activations overflow");
  return sum / static_cast<double>(std::max<std::size_t>(1, moments.width()));
}

std::vector<std::uint32_t> by_falling_moment(const InputMoments& moments) {
  std::vector<std::uint32_t> order(moments.width());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return moments(a, a) > moments(b, b); });
  return order;
}

/// The lower triangle of H in this order, `added` on its diagonal.
void write_ordered(const InputMoments& moments, const std::vector<std::uint32_t>& order, float added,
                   Matrix<float>& to) {
  parallel_for(
      order.size(),
      [&](std::size_t p) {
        for (std::size_t i = 0; i <= p; ++i) to.row(p)[i] = moments(order[p], order[i]);
        to.row(p)[p] += added;
      },
      16);
}

/// Replaces H by M where H = M^T M. A Cholesky factorization gives L L^T, so H is turned by half a turn before it and
/// M after it: for numbers in a row that is the reverse order, and a lower triangle by rows becomes one by columns.
/// False if H is singular.
bool factorize(Matrix<float>& h) {
  const auto size = static_cast<Eigen::Index>(h.rows());
  std::ranges::reverse(h.values());
  Eigen::Map<Eigen::MatrixXf> turned(h.values().data(), size, size);
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXf>> result(turned);
  std::ranges::reverse(h.values());
  return result.info() == Eigen::Success;
}

void divide_by_diagonal(Matrix<float>& factor) {
  parallel_for(
      factor.rows(),
      [&](std::size_t p) {
        for (std::size_t i = 0; i < p; ++i) factor.row(p)[i] /= factor.row(p)[p];
      },
      16);
}

/// Channels first.. of the feedback, as weights of the errors of all channels before them.
class FeedbackWeights final : public FloatWeights {
 public:
  FeedbackWeights(const ErrorFeedback& feedback, std::size_t first, std::size_t out)
      : feedback_(feedback), first_(first), out_(out) {}
  std::size_t out() const override { return out_; }
  std::size_t in() const override { return first_; }
  void read_row(std::size_t i, float* values) const override {
    std::copy_n(feedback_.weights(first_ + i), first_, values);
  }

 private:
  const ErrorFeedback& feedback_;
  std::size_t first_, out_;
};

/// The feedback among the channels of a block: row i is what an error of the i-th adds to each after it.
Matrix<float> feedback_inside(const ErrorFeedback& feedback, std::size_t first, std::size_t channels) {
  Matrix<float> inside(channels, channels);
  for (std::size_t j = 0; j < channels; ++j)
    for (std::size_t i = 0; i < j; ++i) inside.row(i)[j] = feedback.weights(first + j)[first + i];
  return inside;
}

/// Rounds the weights of a matrix block after block.
class FeedbackRounding {
 public:
  FeedbackRounding(const FloatWeights& weights, const ErrorFeedback& feedback, RoundingGrid grid)
      : feedback_(feedback), grid_(grid), weights_(weights.out(), weights.in()), rows_(weights.out()) {
    std::iota(rows_.begin(), rows_.end(), 0U);
    parallel_for(weights.out(), [&](std::size_t i) {
      std::vector<float> row(weights.in());
      weights.read_row(i, row.data());
      for (std::size_t p = 0; p < row.size(); ++p) weights_.row(i)[p] = row[feedback.channel(p)];
    });
  }

  FeedbackResult run(const Matrix<float>& scale) {
    errors_ = weights_;
    result_ = {{grid_, Matrix<std::int8_t>(rows_.size(), feedback_.width()), scale}, std::vector<double>(rows_.size())};
    for (std::size_t first = 0; first < feedback_.width(); first += kBlock)
      round_block(first, std::min(kBlock, feedback_.width() - first));
    return std::move(result_);
  }

 private:
  void round_block(std::size_t first, std::size_t channels) {
    Matrix<float> fed_back(rows_.size(), channels);
    if (first > 0)
      multiply(FeedbackWeights(feedback_, first, channels), errors_, rows_, fed_back, OutputRows::gathered);
    const Matrix<float> inside = feedback_inside(feedback_, first, channels);
    parallel_for(
        rows_.size(),
        [&](std::size_t i) {
          round_row(i, first, {fed_back.row(i), channels}, inside);
        },
        4);
  }

  /// fed_back: what the errors so far add to the weights of the block.
  void round_row(std::size_t i, std::size_t first, std::span<float> fed_back, const Matrix<float>& inside) {
    float* error = errors_.row(i) + first;
    double sum = 0;
    for (std::size_t j = 0; j < fed_back.size(); ++j) {
      const std::uint32_t channel = feedback_.channel(first + j);
      const float scale = result_.weights.scale.row(grid_.group_of(channel))[i];
      const float wanted = error[j] + fed_back[j];
      const std::int32_t level = quantize(wanted, scale, grid_.range());
      const float value = scale * static_cast<float>(level);
      result_.weights.levels.row(i)[channel] = static_cast<std::int8_t>(level);
      const double missed = static_cast<double>(wanted - value) * static_cast<double>(feedback_.pivot(first + j));
      sum += missed * missed;
      error[j] -= value;
      for (std::size_t k = j + 1; k < fed_back.size(); ++k) fed_back[k] += error[j] * inside.row(j)[k];
    }
    result_.error[i] += sum;
  }

  const ErrorFeedback& feedback_;
  RoundingGrid grid_;
  Matrix<float> weights_;  // (out × in) in the feedback's order
  Matrix<float> errors_;   // of what is rounded, w - q; of what is not yet, w
  FeedbackResult result_;
  std::vector<std::uint32_t> rows_;
};

/// Takes over the rows in which the candidate leaves less error.
void take_better(FeedbackResult& best, const FeedbackResult& candidate) {
  for (std::size_t i = 0; i < best.error.size(); ++i) {
    if (!(candidate.error[i] < best.error[i])) continue;
    best.error[i] = candidate.error[i];
    RoundedWeights& to = best.weights;
    const RoundedWeights& from = candidate.weights;
    std::copy_n(from.levels.row(i), from.levels.columns(), to.levels.row(i));
    for (std::size_t g = 0; g < from.scale.rows(); ++g) to.scale.row(g)[i] = from.scale.row(g)[i];
  }
}

}  // namespace

ErrorFeedback::ErrorFeedback(const InputMoments& moments, float damping)
    : order_(by_falling_moment(moments)), factor_(moments.width(), moments.width()) {
  const auto mean = static_cast<float>(mean_diagonal(moments));
  bool regular = false;
  for (float share = damping; mean > 0 && !regular && share <= kMostDamping; share = std::max(10 * share, 1e-6F)) {
    write_ordered(moments, order_, share * mean, factor_);
    regular = factorize(factor_);
  }
  if (regular) divide_by_diagonal(factor_);
  if (!regular) factor_ = Matrix<float>(width(), width());
}

FeedbackResult round_with_feedback(const FloatWeights& weights, const ErrorFeedback& feedback, RoundingGrid grid,
                                   const Matrix<float>& scale) {
  return FeedbackRounding(weights, feedback, grid).run(scale);
}

RoundedWeights round_with_feedback(const FloatWeights& weights, const ErrorFeedback& feedback, RoundingGrid grid) {
  const Matrix<float> searched = search_scales(weights, grid);
  FeedbackRounding rounding(weights, feedback, grid);
  FeedbackResult best = rounding.run(searched);
  for (const int eighths : {-4, -3, -2, -1, 1, 2, 3}) {
    Matrix<float> scale = searched;
    for (float& s : scale.values()) s *= static_cast<float>(std::exp2(eighths / 8.0));
    take_better(best, rounding.run(scale));
  }
  return std::move(best.weights);
}

}  // namespace snnsim::models
