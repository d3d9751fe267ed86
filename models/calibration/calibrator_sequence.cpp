#include "models/calibration/calibrator_sequence.hpp"

namespace snnsim::models {

namespace {

class CalibratorSequence final : public Calibrator {
 public:
  CalibratorSequence(std::unique_ptr<const Calibrator> first, std::unique_ptr<const Calibrator> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                             const LossObserver& observer) const override {
    BlockCalibration middle = first_->calibrate(problem, start, observer);
    BlockCalibration end = second_->calibrate(problem, middle, observer);
    return problem.loss(end) < problem.loss(middle) ? end : middle;
  }

 private:
  std::unique_ptr<const Calibrator> first_, second_;
};

}  // namespace

std::unique_ptr<const Calibrator> make_calibrator_sequence(std::unique_ptr<const Calibrator> first,
                                                           std::unique_ptr<const Calibrator> second) {
  return std::make_unique<CalibratorSequence>(std::move(first), std::move(second));
}

}  // namespace snnsim::models
