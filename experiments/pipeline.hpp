#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/placement.hpp"
#include "core/simulation/executor.hpp"
#include "experiments/evaluation/segments.hpp"
#include "experiments/experiment.hpp"
#include "experiments/prefix.hpp"
#include "experiments/quantized_cache.hpp"
#include "experiments/rotation_choice.hpp"
#include "models/calibration/calibrator.hpp"
#include "models/conversion/converter.hpp"
#include "models/quantization/quantizer.hpp"

namespace snnsim::experiments {

/// What an experiment opens before anything is quantized: checkpoint, tokenizer and dense model.
struct OpenedModel {
  std::shared_ptr<const models::DenseModel> dense;
  std::unique_ptr<const models::Tokenizer> tokenizer;
};

/// Opens and checks them: a vocabulary that fits, segments that fit the context. No weight is read: that they are
/// finite is checked by whoever reads all of them first, the quantizer. Throws ConfigurationError or DataError.
OpenedModel open_model(const Experiment& experiment);

/// The three networks of an experiment; those that evaluation.networks leaves out are empty.
struct Pipeline {
  OpenedModel opened;
  ResolvedPrefix prefix;
  RotationChoice rotation;
  models::QuantizedModel qann;
  QuantizedSource qann_source;
  models::CalibrationOutcome calibration;  // of the spiking network; empty without calibration.method
  models::SpikingModel spiking;
  TimeSettings time;
  std::optional<Placement> placement;  // where populations are; empty without simulation.hop
  std::unique_ptr<const snnsim::Executor> executor;

  const models::DenseModel& dense() const { return *opened.dense; }
};

using StageObserver = std::function<void(const std::string&)>;

/// What else building a pipeline may do.
struct BuildOptions {
  StageObserver stage = [](const std::string&) {};  // told what is going on
  QuantizedCache cache{};                           // where the quantized model is looked for and kept
  std::function<void()> quantized = [] {};          // called when the quantized model is there
  std::filesystem::path calibration_file{};         // keeps the calibration, block by block; empty: nothing does
  std::shared_ptr<const models::ExampleShare> share =
      std::make_shared<models::ExampleShare>();  // who calibrates with us
  const std::atomic<bool>* stop = nullptr;       // once true: finish the block that is being calibrated
};

/// The texts, as sequences, on which an experiment is calibrated.
struct CalibrationSequences {
  std::vector<TokenIds> quantizer;   // none when nothing is quantized
  std::vector<TokenIds> calibrator;  // none without calibration.method
};

/// Checkpoint -> QuantizedModel -> Calibration -> SpikingGraph. Null when it was stopped before it was whole.
std::unique_ptr<Pipeline> build_pipeline(const Experiment& experiment, OpenedModel opened,
                                         const CalibrationSequences& calibration, const BuildOptions& options);
/// The same from the files that the experiment names.
std::unique_ptr<Pipeline> build_pipeline(const Experiment& experiment, const BuildOptions& options = {});

CalibrationSequences calibration_of(const Experiment& experiment, const models::Tokenizer& tokenizer);

/// The populations of an experiment's spiking network, in their order.
std::vector<std::string> population_names(const Experiment& experiment, const models::LlamaConfig& config);

/// The model in the coordinates in which it is quantized, a rotation being drawn by that seed.
std::shared_ptr<const models::DenseModel> rotated(const Experiment& experiment,
                                                  const std::shared_ptr<const models::DenseModel>& dense,
                                                  std::uint64_t seed);

/// True if the neurons of this experiment equal their quantizers for every input, so that SNN = QANN must hold.
bool is_exact(const Experiment& experiment, const models::LlamaConfig& config);

/// Levels of the quantizer at a population: n bits, or as many as its neuron reaches in T steps (method.md section 2).
LevelRange activation_range(const Experiment& experiment, std::string_view population);
/// How many levels of a neuron make one of its quantizer.
std::uint32_t refinement(const ConversionSection& conversion);
/// When a population starts (Population::phase).
std::optional<std::uint32_t> start_phase(const Experiment& experiment, std::string_view population);
/// The neuron that replaces the quantizer.
NeuronModel make_neuron(const Experiment& experiment, std::string_view population, LevelRange range);
/// What is known of the input of a population before it runs.
InputPattern input_pattern(const Experiment& experiment, std::string_view population);

}  // namespace snnsim::experiments
