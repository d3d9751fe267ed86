#include "models/calibration/phase_search.hpp"

#include <limits>

namespace snnsim::models {

namespace {

constexpr double kLeastGain = 0.01;  // of the loss

class PhaseSearch final : public Calibrator {
 public:
  explicit PhaseSearch(std::uint32_t max_wait) : max_wait_(max_wait) {}

  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    const std::uint32_t latest = lag(problem.block.phases(start)) + max_wait_;
    Choice best{start, problem.loss(start)};
    for (;;) {
      Choice next = best_wait(problem, best.calibration, latest);
      if (!(next.loss <= (1 - kLeastGain) * best.loss)) return best.calibration;
      best = std::move(next);
      observer(best.loss);
    }
  }

 private:
  struct Choice {
    BlockCalibration calibration;
    double loss = 0;
  };

  /// The least loss with one step more of one population.
  static Choice best_wait(const BlockProblem& problem, const BlockCalibration& now, std::uint32_t latest) {
    Choice best{now, std::numeric_limits<double>::infinity()};
    const BlockPhases phases = problem.block.phases(now);
    for (const Site site : kAllSites) {
      if (!at(now, site) || at(phases, site) >= problem.block.timesteps()) continue;
      BlockCalibration tried = now;
      at(tried, site)->phase = at(phases, site) + 1;
      if (lag(problem.block.phases(tried)) > latest) continue;
      if (const double loss = problem.loss(tried); loss < best.loss) best = {std::move(tried), loss};
    }
    return best;
  }

  std::uint32_t max_wait_;
};

}  // namespace

std::unique_ptr<const Calibrator> make_phase_search(std::uint32_t max_wait) {
  return std::make_unique<PhaseSearch>(max_wait);
}

}  // namespace snnsim::models
