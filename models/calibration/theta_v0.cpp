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
    const BlockParameters parameters(start, problem.dense.config(), groups_);
    const Descent descent{
        .start = parameters.values(),
        .calibration = [&](const std::vector<double>& values) { return parameters.calibration(values); },
        .gradient =
            [&](const std::vector<double>&, const BlockCalibration& now, std::size_t example) {
              return parameters.reduce(loss_gradient(problem, maps, now, problem.own[example]).sites, now);
            }};
    return descend(problem, start, descent, options_, observer);
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
