#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/spiking_graph.hpp"
#include "models/calibration/block_problem.hpp"

namespace snnsim::models {

/// Told of the loss of a block as it is calibrated.
using LossObserver = std::function<void(double loss)>;

/// Sets thresholds, initial potentials and the like of one spiking block after the other: the layer-wise calibration of
/// the dual conversion (method.md section 6). A baseline is another implementation of this.
class Calibrator {
 public:
  virtual ~Calibrator() = default;
  /// Parameters of a block, from `start` on. Tells the observer the loss (BlockProblem::loss) after each round.
  virtual BlockCalibration calibrate(const BlockProblem& problem, const BlockCalibration& start,
                                     const LossObserver& observer) const = 0;
};

/// How the calibration of a block went.
struct BlockOutcome {
  double before = 0, after = 0;   // loss
  std::vector<double> curve;      // loss after each round
  double seconds = 0;             // wall time
  std::uint64_t tokens = 0;       // positions of the calibration text that the loss is over, of all processes
  std::uint64_t peak_memory = 0;  // bytes, CalibrationOptions::peak_memory after the block; 0: not known
};

struct CalibrationOptions {
  std::uint32_t timesteps = 4;
  SourceSchedule embedding = SourceSchedule::constant;
  std::size_t prefix = 1;
  std::function<NeuronModel(std::string_view population, LevelRange range)> neuron;
  /// How many steps a population waits; empty: none.
  std::function<std::uint32_t(std::string_view population)> phase{};
  std::uint32_t refinement = 1;  // of thresholds at the start (uncalibrated())
  std::shared_ptr<const ExampleShare> share = std::make_shared<ExampleShare>();  // with whom
  std::function<std::uint64_t()> peak_memory{};  // most bytes that the process has held so far; empty: not known
};

struct CalibrationOutcome {
  Calibration calibration;
  std::vector<BlockOutcome> blocks;
};

/// Is told how a calibration gets on.
class CalibrationObserver {
 public:
  virtual ~CalibrationObserver() = default;
  /// The loss of a block after a round.
  virtual void round_done(std::size_t /*block*/, double /*loss*/) {}
  /// The outcome has one block more. False: stop here, and so do all processes.
  virtual bool block_done(const CalibrationOutcome& /*outcome*/) { return true; }
};

/// Calibrates the network that these options make of the model, block by block: the input of a block is the output of
/// the calibrated spiking blocks before it, its target what the dense block makes of dense inputs. Dynamics are those
/// of the `stepped` schedule, with phases. A block keeps what it had where the calibrator did not lower its loss.
/// Blocks that `done` holds already are taken over, so that a calibration can go on where it was stopped, with the same
/// result. Processes that share the examples call it with the same arguments, but for the observer, and each has the
/// outcome, the same bits as one alone. Throws DataError when nothing is left of the sequences behind the prefix.
CalibrationOutcome calibrate(const QuantizedModel& model, const std::vector<std::vector<TokenId>>& sequences,
                             const CalibrationOptions& options, const Calibrator& calibrator,
                             CalibrationObserver& observer, CalibrationOutcome done = {});

}  // namespace snnsim::models
