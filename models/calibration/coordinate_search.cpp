#include "models/calibration/coordinate_search.hpp"

namespace snnsim::models {

namespace {

constexpr double kFirstStep = 0.2;

class CoordinateSearch final : public Calibrator {
 public:
  CoordinateSearch(const ParameterGroups& groups, std::size_t rounds) : groups_(groups), rounds_(rounds) {}

  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    const BlockParameters parameters(start, problem.dense.config(), groups_);
    std::vector<double> values = parameters.values(), steps(values.size(), kFirstStep);
    const auto loss_at = [&](std::size_t i, double value) {
      std::vector<double> tried = values;
      tried[i] = value;
      return problem.loss(parameters.calibration(tried));
    };
    double least = problem.loss(start);
    for (std::size_t round = 0; round < rounds_; ++round) {
      for (std::size_t i = 0; i < values.size(); ++i) least = improve(i, least, loss_at, values, steps);
      observer(least);
    }
    return parameters.calibration(values);
  }

 private:
  /// The loss after a step along parameter i, or without one.
  template <typename Loss>
  static double improve(std::size_t i, double least, const Loss& loss_at, std::vector<double>& values,
                        std::vector<double>& steps) {
    for (const double direction : {1.0, -1.0}) {
      const double value = values[i] + direction * steps[i], loss = loss_at(i, value);
      if (!(loss < least)) continue;
      values[i] = value;
      steps[i] *= 1.5 * direction;
      return loss;
    }
    steps[i] /= 2;
    return least;
  }

  ParameterGroups groups_;
  std::size_t rounds_;
};

}  // namespace

std::unique_ptr<const Calibrator> make_coordinate_search(const ParameterGroups& groups, std::size_t rounds) {
  return std::make_unique<CoordinateSearch>(groups, rounds);
}

}  // namespace snnsim::models
