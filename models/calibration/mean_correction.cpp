#include "models/calibration/mean_correction.hpp"

#include <algorithm>

#include "core/neurons/reach.hpp"
#include "core/rounding.hpp"

namespace snnsim::models {

namespace {

constexpr int kPasses = 2;

class MeanCorrection final : public Calibrator {
 public:
  explicit MeanCorrection(MeanTarget target) : target_(target) {}

  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    std::vector<PerSite<Matrix<float>>> dense;
    if (target_ == MeanTarget::dense)
      for (const BlockExample& example : problem.own) dense.push_back(problem.dense_sites(example));
    BlockCalibration now = start;
    for (int pass = 0; pass < kPasses; ++pass) {
      for (const std::vector<Site>& stage : kStages) correct(problem, dense, stage, now);
      observer(problem.loss(now));
    }
    return now;
  }

 private:
  void correct(const BlockProblem& problem, const std::vector<PerSite<Matrix<float>>>& dense,
               const std::vector<Site>& stage, BlockCalibration& now) const {
    std::vector<PerSite<std::vector<double>>> lacking(problem.own.size());  // Σ over rows, in thresholds
    problem.observe(now, [&](std::size_t i, Site site, const Matrix<float>& drive, const Matrix<float>& value) {
      if (std::ranges::find(stage, site) == stage.end()) return;
      const std::vector<float>& threshold = at(now, site)->threshold;
      const LevelRange range = reach(at(problem.neurons, site), at(problem.quantized.sites, site)->range);
      std::vector<double>& sums = at(lacking[i], site);
      sums.resize(threshold.size());
      for (std::size_t r = problem.prefix; r < value.rows(); ++r)
        for (std::size_t j = 0; j < sums.size(); ++j) {
          const float wanted =
              target_ == MeanTarget::dense ? at(dense[i], site).row(r)[j] : held(drive.row(r)[j], threshold[j], range);
          sums[j] += (wanted - value.row(r)[j]) / threshold[j];
        }
    });
    const double rows = problem.sum([&](std::size_t i) {
      return std::vector<double>{static_cast<double>(problem.own[i].target.rows() - problem.prefix)};
    })[0];
    const PerSite<std::vector<double>> sums = sum_of_sites(problem, stage, lacking);
    for (const Site site : stage)
      for (std::size_t j = 0; j < at(now, site)->initial_potential.size(); ++j)
        at(now, site)->initial_potential[j] += static_cast<float>(at(sums, site)[j] / rows);
  }

  /// What a neuron should have emitted of its drive.
  float held(float drive, float threshold, LevelRange range) const {
    if (target_ == MeanTarget::drive) return threshold * static_cast<float>(quantize(drive, threshold, range));
    return std::clamp(drive, threshold * static_cast<float>(range.low), threshold * static_cast<float>(range.high));
  }

  MeanTarget target_;
};

}  // namespace

std::unique_ptr<const Calibrator> make_mean_correction(MeanTarget target) {
  return std::make_unique<MeanCorrection>(target);
}

}  // namespace snnsim::models
