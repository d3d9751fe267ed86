#include "models/calibration/spiking_threshold_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace snnsim::models {

namespace {

constexpr int kLeast = -4, kMost = 16, kPerOctave = 8;

class SpikingThresholdSearch final : public Calibrator {
 public:
  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    std::vector<PerSite<Matrix<float>>> dense;
    for (const BlockExample& example : problem.own) dense.push_back(problem.dense_sites(example));
    BlockCalibration best = start;
    for (const std::vector<Site>& stage : kStages) {
      search(problem, dense, stage, best);
      observer(problem.loss(best));
    }
    return best;
  }

 private:
  static void search(const BlockProblem& problem, const std::vector<PerSite<Matrix<float>>>& dense,
                     const std::vector<Site>& stage, BlockCalibration& best) {
    const BlockCalibration start = best;
    PerSite<std::vector<double>> least;
    for (int step = kLeast; step <= kMost; ++step) {
      const float factor = std::exp2(static_cast<float>(step) / kPerOctave);
      BlockCalibration tried = start;
      for (const Site site : stage)
        for (float& threshold : at(tried, site)->threshold) threshold *= factor;
      const PerSite<std::vector<double>> errors = group_errors(problem, dense, stage, tried);
      for (const Site site : stage) keep_better(at(errors, site), *at(tried, site), at(least, site), *at(best, site));
    }
  }

  /// Takes over the groups whose error is less than the least so far.
  static void keep_better(const std::vector<double>& errors, const SiteCalibration& tried, std::vector<double>& least,
                          SiteCalibration& best) {
    least.resize(errors.size(), std::numeric_limits<double>::infinity());
    const std::size_t width = best.threshold.size() / errors.size();
    for (std::size_t g = 0; g < errors.size(); ++g) {
      if (!(errors[g] < least[g])) continue;
      least[g] = errors[g];
      std::copy_n(tried.threshold.begin() + static_cast<std::ptrdiff_t>(g * width), width,
                  best.threshold.begin() + static_cast<std::ptrdiff_t>(g * width));
    }
  }

  /// Σ (emitted - dense)² of each group of a site (heads of q, k, v).
  static PerSite<std::vector<double>> group_errors(const BlockProblem& problem,
                                                   const std::vector<PerSite<Matrix<float>>>& dense,
                                                   const std::vector<Site>& stage,
                                                   const BlockCalibration& calibration) {
    std::vector<PerSite<std::vector<double>>> errors(problem.own.size());
    problem.observe(calibration, [&](std::size_t i, Site site, const Matrix<float>&, const Matrix<float>& value) {
      if (std::ranges::find(stage, site) == stage.end()) return;
      const std::size_t groups = models::groups(problem.dense.config(), site), width = value.columns() / groups;
      at(errors[i], site).resize(groups);
      for (std::size_t r = problem.prefix; r < value.rows(); ++r)
        for (std::size_t j = 0; j < value.columns(); ++j) {
          const double difference = double{value.row(r)[j]} - at(dense[i], site).row(r)[j];
          at(errors[i], site)[j / width] += difference * difference;
        }
    });
    return sum_of_sites(problem, stage, errors);
  }
};

}  // namespace

std::unique_ptr<const Calibrator> make_spiking_threshold_search() {
  return std::make_unique<SpikingThresholdSearch>();
}

}  // namespace snnsim::models
