#include "models/calibration/bias_correction.hpp"

#include <algorithm>

#include "core/parallel.hpp"

namespace snnsim::models {

namespace {

using ChannelSums = PerSite<std::vector<double>>;  // over positions behind the prefix (width)

void add_rows(const Matrix<float>& x, std::size_t first, std::vector<double>& sums) {
  sums.resize(x.columns());
  for (std::size_t r = first; r < x.rows(); ++r)
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += x.row(r)[j];
}

/// W x (out).
std::vector<double> product(const FloatWeights& weights, const std::vector<double>& x) {
  std::vector<double> y(weights.out());
  parallel_for(y.size(), [&](std::size_t i) {
    std::vector<float> row(weights.in());
    weights.read_row(i, row.data());
    for (std::size_t j = 0; j < row.size(); ++j) y[i] += double{row[j]} * x[j];
  });
  return y;
}

class BiasCorrection final : public Calibrator {
 public:
  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    const ChannelSums dense = dense_sums(problem);
    const BlockFloats weights = problem.dense.weights(problem.number);
    BlockCalibration now = start;
    for (const std::vector<Site>& stage : kStages) {
      const ChannelSums emitted = emitted_sums(problem, stage, now);
      for (const MatrixName name : kAllMatrices)
        if (const Site site = input_of(name); !at(emitted, site).empty())
          at(now.bias, name) = lacking(problem, product(*at(weights, name), at(dense, site)),
                                       product(*weights_of(problem.quantized, now, name).floating, at(emitted, site)));
    }
    observer(problem.loss(now));
    return now;
  }

 private:
  static ChannelSums dense_sums(const BlockProblem& problem) {
    std::vector<ChannelSums> own(problem.own.size());
    for (std::size_t i = 0; i < own.size(); ++i) {
      const PerSite<Matrix<float>> values = problem.dense_sites(problem.own[i]);
      for (const Site site : kAllSites) add_rows(at(values, site), problem.prefix, at(own[i], site));
    }
    return sum_of_sites(problem, {kAllSites.begin(), kAllSites.end()}, own);
  }

  /// Of the sites of a stage that spike; empty for the others.
  static ChannelSums emitted_sums(const BlockProblem& problem, const std::vector<Site>& stage,
                                  const BlockCalibration& now) {
    std::vector<ChannelSums> own(problem.own.size());
    problem.observe(now, [&](std::size_t i, Site site, const Matrix<float>&, const Matrix<float>& value) {
      if (std::ranges::find(stage, site) != stage.end()) add_rows(value, problem.prefix, at(own[i], site));
    });
    return sum_of_sites(problem, stage, own);
  }

  /// The mean by which outputs of `emitted` are below those of `dense`, both summed over positions.
  static std::vector<float> lacking(const BlockProblem& problem, const std::vector<double>& dense,
                                    const std::vector<double>& emitted) {
    const double rows = problem.sum([&](std::size_t i) {
      return std::vector<double>{static_cast<double>(problem.own[i].target.rows() - problem.prefix)};
    })[0];
    std::vector<float> bias;
    for (std::size_t i = 0; i < dense.size(); ++i) bias.push_back(static_cast<float>((dense[i] - emitted[i]) / rows));
    return bias;
  }
};

}  // namespace

std::unique_ptr<const Calibrator> make_bias_correction() {
  return std::make_unique<BiasCorrection>();
}

}  // namespace snnsim::models
