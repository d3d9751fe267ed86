#include "experiments/evaluation/step_anatomy.hpp"

#include <algorithm>
#include <cmath>

#include "core/neuron_model.hpp"

namespace snnsim::experiments {

namespace {

double square(double x) {
  return x * x;
}

/// One neuron at one position.
class NeuronHistory {
 public:
  NeuronHistory(const Population& population, const PositionHistory& history, std::size_t j)
      : population_(population), history_(history), j_(j) {}

  double threshold() const { return population_.threshold[j_]; }
  /// Q(X)/θ, with the neuron's own threshold and potential.
  double target(float drive) const {
    return SigmaDelta::target(drive, population_.threshold[j_],
                              population_.initial_potential[j_] + population_.added_potential(), population_.range);
  }
  float drive(std::size_t point) const { return history_.drive[point][j_]; }
  float whole_drive() const { return history_.drive.back()[j_]; }
  /// What it has emitted by then, in thresholds.
  double emitted(std::size_t point) const {
    const double done = static_cast<double>(history_.steps[point]) / history_.steps.back();
    return history_.emitted[point][j_] - offset(population_.neuron) * done;
  }

  /// How often its input turned: changes of sign between steps that brought more than half a threshold; -1: none did.
  int turns() const {
    int turns = -1;
    double before = 0, last = 0;
    for (const float* drive : history_.drive) {
      const double current = drive[j_] - before;
      before = drive[j_];
      if (std::abs(current) <= threshold() / 2) continue;
      if (turns < 0 || current * last < 0) ++turns;
      last = current;
    }
    return turns;
  }

 private:
  const Population& population_;
  const PositionHistory& history_;
  std::size_t j_;
};

void add_steps(const NeuronHistory& neuron, LevelRange range, std::size_t points, double x, StepErrors& sums) {
  const double step = neuron.threshold();
  const double clipped = std::clamp(x, range.low * step, range.high * step);
  const double wanted = step * neuron.target(static_cast<float>(x));  // Q(x)
  sums.dense += square(x);
  sums.clipping += square(x - clipped);
  sums.quantization += square(clipped - wanted);
  for (std::size_t p = 0; p < points; ++p) {
    const double received = step * neuron.target(neuron.drive(p)), emitted = step * neuron.emitted(p);
    sums.propagated[p] += square(wanted - received);
    sums.unevenness[p] += square(received - emitted);
    sums.total[p] += square(x - emitted);
  }
}

void add_cause(const NeuronHistory& neuron, std::size_t last, UnevenCauses& causes) {
  const double lacking = neuron.target(neuron.whole_drive()) - neuron.emitted(last);
  if (lacking == 0) return;
  const int turns = neuron.turns();
  UnevenInstances& kind = turns < 0    ? causes.slow
                          : turns == 0 ? causes.late
                          : turns == 1 ? causes.overshooting
                                       : causes.alternating;
  ++kind.instances;
  kind.unevenness += square(neuron.threshold() * lacking);
}

}  // namespace

void measure_steps(const Population& population, const PositionHistory& history, const float* x,
                   PopulationTally& tally) {
  const std::size_t points = history.steps.size();
  for (std::vector<double>* curve : {&tally.steps.propagated, &tally.steps.unevenness, &tally.steps.total})
    curve->resize(points, 0);
  for (std::size_t j = 0; j < population.width(); ++j) {
    const NeuronHistory neuron(population, history, j);
    add_steps(neuron, population.range, points, x[j], tally.steps);
    add_cause(neuron, points - 1, tally.causes);
  }
}

}  // namespace snnsim::experiments
