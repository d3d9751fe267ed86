#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace snnsim::models {

/// AdamW (Loshchilov & Hutter 2019) with cosine decay of the learning rate to 0 over a known number of steps, and
/// decay towards where the parameters began.
class AdamW {
 public:
  static constexpr double kMean = 0.9, kSquare = 0.999, kEpsilon = 1e-8, kDecay = 0.01;

  AdamW(std::vector<double> start, double learning_rate, std::size_t steps)
      : start_(std::move(start)),
        parameters_(start_),
        mean_(start_.size()),
        square_(start_.size()),
        learning_rate_(learning_rate),
        steps_(steps) {}

  /// One step down the gradient (parameters).
  void step(std::span<const double> gradient) {
    const double done = static_cast<double>(step_) / static_cast<double>(steps_);
    const double rate = learning_rate_ * 0.5 * (1 + std::cos(std::numbers::pi * done));
    ++step_;
    const double mean_share = 1 - std::pow(kMean, step_), square_share = 1 - std::pow(kSquare, step_);
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      mean_[i] = kMean * mean_[i] + (1 - kMean) * gradient[i];
      square_[i] = kSquare * square_[i] + (1 - kSquare) * gradient[i] * gradient[i];
      const double move = mean_[i] / mean_share / (std::sqrt(square_[i] / square_share) + kEpsilon);
      parameters_[i] -= rate * (move + kDecay * (parameters_[i] - start_[i]));
    }
  }
  const std::vector<double>& parameters() const { return parameters_; }

 private:
  std::vector<double> start_, parameters_, mean_, square_;
  double learning_rate_;
  std::size_t steps_, step_ = 0;
};

}  // namespace snnsim::models
