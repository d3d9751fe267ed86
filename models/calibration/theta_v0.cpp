#include "models/calibration/theta_v0.hpp"

namespace snnsim::models {

namespace {

class ThetaV0 final : public Calibrator {
 public:
  ThetaV0(const ParameterGroups& groups, const DescentOptions& options) : groups_(groups), options_(options) {}

  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    check_differentiable(problem, "theta_v0");
    const FloatMaps maps(problem.dense.block(problem.number), problem.quantized, start, problem.prefix);
    const auto gradient = [&](const BlockCalibration& now, std::size_t own) {
      return loss_gradient(problem, maps, now, problem.own[own]).sites;
    };
    return descend_by_sites(problem, start, groups_, gradient, options_, observer);
  }

 private:
  ParameterGroups groups_;
  DescentOptions options_;
};

}  // namespace

std::unique_ptr<const Calibrator> make_theta_v0(const ParameterGroups& groups, const DescentOptions& options) {
  return std::make_unique<ThetaV0>(groups, options);
}

}  // namespace snnsim::models
