#include "models/calibration/weight_tuning.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/parallel.hpp"

namespace snnsim::models {

namespace {

/// The weights of a block as one vector of levels: matrix after matrix, row-major.
class WeightLevels {
 public:
  WeightLevels(const QuantizedBlock& block, int bits) : block_(block), range_(signed_range(bits)) {
    std::size_t begin = 0;
    for (const MatrixName name : kAllMatrices) {
      at(begin_, name) = begin;
      begin += integers(name).out() * integers(name).in();
    }
    size_ = begin;
  }

  std::vector<double> start() const {
    std::vector<double> levels(size_);
    for (const MatrixName name : kAllMatrices)
      for_rows(name, [&](std::size_t i, std::size_t first, std::size_t in) {
        for (std::size_t j = 0; j < in; ++j) levels[first + j] = integers(name).weight(i, j);
      });
    return levels;
  }

  /// The matrices that levels round to.
  PerMatrix<WeightMatrix> rounded(const std::vector<double>& levels) const {
    PerMatrix<WeightMatrix> matrices;
    for (const MatrixName name : kAllMatrices) {
      const std::size_t out = integers(name).out(), in = integers(name).in();
      std::vector<std::int8_t> rounded(out * in);
      const double* level = levels.data() + at(begin_, name);
      for (std::size_t i = 0; i < rounded.size(); ++i)
        rounded[i] =
            static_cast<std::int8_t>(std::clamp(std::floor(level[i] + 0.5), double(range_.low), double(range_.high)));
      at(matrices, name) = integer_matrix(std::make_shared<const IntegerWeights>(out, in, rounded),
                                          block_.matrix(name).scale, block_.matrix(name).input_scale);
    }
    return matrices;
  }

  /// From the gradient by weights to that by levels.
  std::vector<double> by_levels(const PerMatrix<Matrix<float>>& by_weights, const std::vector<double>& levels) const {
    std::vector<double> gradient(size_);
    for (const MatrixName name : kAllMatrices) {
      if (at(by_weights, name).rows() == 0) continue;
      for_rows(name, [&](std::size_t i, std::size_t first, std::size_t in) {
        const double scale = block_.matrix(name).scale[i];
        const std::vector<float>& folded = block_.matrix(name).input_scale;
        for (std::size_t j = 0; j < in; ++j)
          if (levels[first + j] >= range_.low - 0.5 && levels[first + j] < range_.high + 0.5)
            gradient[first + j] =
                scale * double{at(by_weights, name).row(i)[j]} / (folded.empty() ? 1.0 : double{folded[j]});
      });
    }
    return gradient;
  }

 private:
  const IntegerWeights& integers(MatrixName name) const { return *block_.matrix(name).integer; }

  /// body(row, place of its first weight, weights of it).
  template <typename Body>
  void for_rows(MatrixName name, const Body& body) const {
    const std::size_t in = integers(name).in();
    parallel_for(integers(name).out(), [&](std::size_t i) { body(i, at(begin_, name) + i * in, in); });
  }

  const QuantizedBlock& block_;
  LevelRange range_;
  PerMatrix<std::size_t> begin_{};
  std::size_t size_ = 0;
};

class WeightTuning final : public Calibrator {
 public:
  explicit WeightTuning(const DescentOptions& options) : options_(options) {}

  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    check_differentiable(problem, "weights");
    for (const MatrixName name : kAllMatrices)
      if (problem.quantized.matrix(name).integer == nullptr)
        throw ConfigurationError("weights of 16 bits are not integers that could be tuned",
                                 "set quantization.weight_bits to at most 8, or another calibration.method");
    const WeightLevels levels(problem.quantized, problem.weight_bits);
    const Descent descent{
        .start = levels.start(),
        .calibration =
            [&](const std::vector<double>& values) {
              BlockCalibration now = start;
              now.weights = levels.rounded(values);
              return now;
            },
        .gradient = [&](const std::vector<double>& values, const BlockCalibration& now) -> Descent::Gradient {
          const auto maps = std::make_shared<const FloatMaps>(problem.dense.block(problem.number), problem.quantized,
                                                              now, problem.prefix);
          return [&, maps](std::size_t example) {
            const BlockGradients gradients = loss_gradient(problem, *maps, now, problem.own[example], true);
            return levels.by_levels(gradients.weights, values);
          };
        }};
    return descend(problem, start, descent, options_, observer);
  }

 private:
  DescentOptions options_;
};

}  // namespace

std::unique_ptr<const Calibrator> make_weight_tuning(const DescentOptions& options) {
  return std::make_unique<WeightTuning>(options);
}

}  // namespace snnsim::models
