#include "models/calibration/local_threshold_balancing.hpp"

#include <cmath>

namespace snnsim::models {

namespace {

class LocalThresholdBalancing final : public Calibrator {
 public:
  LocalThresholdBalancing(const ParameterGroups& groups, const DescentOptions& options)
      : groups_(groups), options_(options) {}

  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    std::vector<PerSite<Matrix<float>>> dense;
    for (const BlockExample& example : problem.own) dense.push_back(problem.dense_sites(example));
    const auto gradient = [&](const BlockCalibration& now, std::size_t own) {
      return local_gradients(problem, now, problem.own[own], dense[own]);
    };
    return descend_by_sites(problem, start, groups_, gradient, options_, observer);
  }

 private:
  static PerSite<SiteGradient<float>> local_gradients(const BlockProblem& problem, const BlockCalibration& calibration,
                                                      const BlockExample& example,
                                                      const PerSite<Matrix<float>>& dense) {
    PerSite<SiteGradient<float>> gradients;
    SteppedStream stream = example.stream;
    problem.block.run(calibration, example.prefix, stream, [&](Site site, const auto& drive, const auto& value) {
      at(gradients, site).threshold =
          by_threshold(drive, value, at(dense, site), at(calibration, site)->threshold, problem.prefix);
    });
    return gradients;
  }

  /// Of Σ (emitted - dense)² / Σ dense², by θ of each channel.
  static std::vector<float> by_threshold(const Matrix<float>& drive, const Matrix<float>& value,
                                         const Matrix<float>& dense, const std::vector<float>& threshold,
                                         std::size_t prefix) {
    std::vector<double> sums(threshold.size());
    double reference = 0;
    for (std::size_t r = prefix; r < value.rows(); ++r)
      for (std::size_t j = 0; j < sums.size(); ++j) {
        const double x = dense.row(r)[j], emitted = value.row(r)[j], behind = emitted - drive.row(r)[j];
        const double slope = std::abs(behind) < threshold[j] ? behind : emitted;
        sums[j] += 2 * (emitted - x) * slope / threshold[j];
        reference += x * x;
      }
    std::vector<float> gradient;
    for (const double sum : sums) gradient.push_back(static_cast<float>(reference > 0 ? sum / reference : sum));
    return gradient;
  }

  ParameterGroups groups_;
  DescentOptions options_;
};

}  // namespace

std::unique_ptr<const Calibrator> make_local_threshold_balancing(ParameterGroups groups,
                                                                 const DescentOptions& options) {
  groups.thresholds = true;
  groups.potentials = false;
  groups.offsets = 0;
  return std::make_unique<LocalThresholdBalancing>(groups, options);
}

}  // namespace snnsim::models
