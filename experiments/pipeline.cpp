#include "experiments/pipeline.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/calibration_file.hpp"
#include "experiments/evaluation/segments.hpp"
#include "experiments/machine.hpp"
#include "experiments/quantized_inputs.hpp"
#include "experiments/rotation_search.hpp"
#include "models/calibration/bias_correction.hpp"
#include "models/calibration/calibrator_sequence.hpp"
#include "models/calibration/coordinate_search.hpp"
#include "models/calibration/local_threshold_balancing.hpp"
#include "models/calibration/mean_correction.hpp"
#include "models/calibration/phase_search.hpp"
#include "models/calibration/spiking_threshold_search.hpp"
#include "models/calibration/step_tuning.hpp"
#include "models/calibration/theta_v0.hpp"
#include "models/calibration/weight_tuning.hpp"
#include "models/quantization/threshold_search.hpp"

namespace snnsim::experiments {

namespace {

void check_segments(const Experiment& experiment, const models::LlamaConfig& config) {
  for (const PerplexityTask& task : experiment.evaluation.perplexity)
    if (task.segment > config.context_length)
      throw ConfigurationError(fmt::format("evaluation segment {} is longer than the model's context of {}",
                                           task.segment, config.context_length),
                               fmt::format("set evaluation.perplexity.segment to at most {}", config.context_length));
  const CalibrationText& calibration = experiment.quantization.calibration;
  const bool calibrated = experiment.quantization.calibrates() && experiment.evaluation.runs(Network::qann);
  if (calibrated && calibration.length > config.context_length)
    throw ConfigurationError(fmt::format("quantization.calibration.length {} is longer than the model's context of {}",
                                         calibration.length, config.context_length),
                             fmt::format("set quantization.calibration.length to at most {}", config.context_length));
}

models::WeightMethod weight_method(WeightQuantizer weights) {
  switch (weights) {
    case WeightQuantizer::gptq:
      return models::WeightMethod::gptq;
    case WeightQuantizer::awq:
      return models::WeightMethod::awq;
    case WeightQuantizer::rtn:
      break;
  }
  return models::WeightMethod::rtn;
}

models::Granularity shared_steps(Granularity granularity) {
  switch (granularity) {
    case Granularity::per_tensor:
      return models::Granularity::per_tensor;
    case Granularity::per_channel:
      return models::Granularity::per_channel;
    case Granularity::per_token:
      return models::Granularity::per_token;
    case Granularity::per_head:
      break;
  }
  return models::Granularity::per_head;
}

/// A search is kept beside the quantized models.
void find_prefix(const Experiment& experiment, const std::vector<TokenIds>& calibration, const BuildOptions& build,
                 Pipeline& pipeline) {
  const PrefixTokens& wanted = experiment.quantization.prefix_tokens;
  const models::TokenId bos = pipeline.opened.tokenizer->bos();
  const auto search = [&] {
    build.stage("looking for tokens with massive activations");
    return search_prefix(pipeline.dense(), calibration, bos);
  };
  pipeline.prefix = resolve_prefix(wanted, pipeline.dense(), [&] {
    const auto kept =
        build.cache.recall("prefix", prefix_inputs(experiment, calibration, bos), [&] { return to_json(search()); });
    std::optional<PrefixSearch> found = prefix_search_of(kept);
    return found ? *std::move(found) : search();
  });
  if (wanted.search) build.stage(fmt::format("prefix tokens: [{}]", fmt::join(pipeline.prefix.prefix.tokens(), ", ")));
}

void tune(const Experiment& experiment, const std::vector<TokenIds>& calibration, std::size_t prefix,
          const StageObserver& stage, models::QuantizedModel& model) {
  const TuningSection& tuning = experiment.quantization.tuning;
  models::tune_steps(
      model, calibration,
      {.epochs = tuning.epochs, .learning_rate = tuning.learning_rate, .prefix = prefix, .seed = experiment.seed},
      [&](std::size_t block, double before, double after) {
        stage(fmt::format("tuned the steps of block {} of {}: loss {:.3e}, before {:.3e}", block + 1,
                          model.blocks.size(), after, before));
      });
}

/// Keys that a position may attend to: those of a whole context behind the prefix tokens. 0: no quantizer needs to
/// know.
std::size_t keys_of(const QuantizationSection& section, const Pipeline& pipeline) {
  if (!section.quantizes(OptionalSite::probs)) return 0;
  return pipeline.dense().config().context_length + pipeline.prefix.prefix.tokens().size();
}

/// Steps are tuned when all blocks are quantized, so those of a tuned model are kept, or go on, all together.
void quantize_model(const Experiment& experiment, const std::vector<TokenIds>& texts, const BuildOptions& build,
                    Pipeline& pipeline) {
  const std::vector<TokenIds> calibration = sequences_behind(pipeline.prefix.prefix, texts);
  const QuantizationSection& section = experiment.quantization;
  const models::QuantizerOptions options{
      .weight_bits = section.weight_bits,
      .activation_bits = section.activation_bits,
      .weights = weight_method(section.weights),
      .group = section.group < 1 ? models::RoundingGrid::kWholeRow : static_cast<std::size_t>(section.group),
      .granularity = shared_steps(section.granularity),
      .step_rule = {section.ranges == Ranges::percentile ? std::optional(section.percentile) : std::nullopt},
      .smoothing = static_cast<float>(section.smooth),
      .keys = keys_of(section, pipeline),
      .final_in = section.quantizes(OptionalSite::final_in),
      .prefix = pipeline.prefix.prefix.positions(),
      .activation_range = [&](std::string_view population) { return activation_range(experiment, population); }};
  pipeline.rotation = choose_rotation(experiment, pipeline.opened.dense, calibration, options, build);
  const std::shared_ptr<const models::DenseModel> dense =
      rotated(experiment, pipeline.opened.dense, pipeline.rotation.seed);
  const auto make = [&](const models::BlockStore& store) {
    const auto progress = [&](double share) {
      build.stage(fmt::format("quantizing, {:.0f} % of the blocks done", 100 * share));
    };
    const bool whole = store.find && !store.keep;  // nothing is left to make
    if (!section.tunes() || whole) return models::quantize(dense, calibration, options, progress, store);
    models::QuantizedModel model = models::quantize(dense, calibration, options, progress);
    tune(experiment, calibration, options.prefix, build.stage, model);
    for (std::size_t k = 0; store.keep && k < model.blocks.size(); ++k)
      model.blocks[k] = store.keep(k, std::move(model.blocks[k]));
    return model;
  };
  nlohmann::ordered_json inputs = quantized_inputs(experiment, dense->config(), calibration, options.prefix);
  if (section.rotation != Rotation::none) inputs["rotation_seed"] = pipeline.rotation.seed;
  pipeline.qann = build.cache.get(inputs, dense, make, build.stage, pipeline.qann_source);
}

}  // namespace

std::vector<std::string> population_names(const Experiment& experiment, const models::LlamaConfig& config) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < config.blocks; ++k)
    for (const models::Site site : models::kAllSites) {
      names.push_back(models::population_name(k, site));
      if (site == models::Site::v && experiment.quantization.quantizes(OptionalSite::probs))
        names.push_back(models::probs_name(k));
    }
  if (experiment.quantization.quantizes(OptionalSite::final_in)) names.emplace_back(models::kFinalIn);
  return names;
}

std::shared_ptr<const models::DenseModel> rotated(const Experiment& experiment,
                                                  const std::shared_ptr<const models::DenseModel>& dense,
                                                  std::uint64_t seed) {
  if (experiment.quantization.rotation == Rotation::none) return dense;
  return std::make_shared<models::DenseModel>(dense->shared_checkpoint(), models::ModelRotation(dense->config(), seed));
}

LevelRange activation_range(const Experiment& experiment, std::string_view population) {
  const ConversionSection& conversion = experiment.conversion;
  const Neuron neuron = neuron_of(conversion, population);
  const bool few_spikes = neuron == Neuron::st_bif || neuron == Neuron::integrate_and_fire;
  const bool cached = population.ends_with(".k") || population.ends_with(".v");
  const int bits = cached && experiment.quantization.kv_bits != 0 ? experiment.quantization.kv_bits
                                                                  : experiment.quantization.activation_bits;
  const LevelRange all = population.ends_with(".probs") ? models::unsigned_range(bits) : models::signed_range(bits);
  if (!few_spikes || conversion.levels == Levels::bits) return all;
  const std::size_t per_step = neuron == Neuron::st_bif ? conversion.max_spikes : 1;
  const auto reached = static_cast<std::int32_t>(
      std::min<std::size_t>(static_cast<std::size_t>(all.high), per_step * conversion.timesteps));
  return {all.low < 0 ? -reached : 0, reached};
}

std::uint32_t refinement(const ConversionSection& conversion) {
  return conversion.levels == Levels::bits_per_step ? static_cast<std::uint32_t>(conversion.timesteps) : 1;
}

NeuronModel make_neuron(const Experiment& experiment, std::string_view population, LevelRange range) {
  const ConversionSection& conversion = experiment.conversion;
  const auto timesteps = static_cast<std::int32_t>(conversion.timesteps);
  const auto refractory = static_cast<std::int32_t>(conversion.refractory != 0 ? conversion.refractory
                                                                               : experiment.simulation.ticks_per_step);
  switch (neuron_of(conversion, population)) {
    case Neuron::sigma_delta:
      return SigmaDelta{range};
    case Neuron::st_bif:
      return StBif{range, static_cast<std::int32_t>(conversion.max_spikes), timesteps, refractory};
    case Neuron::integrate_and_fire:
      return IntegrateAndFire{range, timesteps};
    case Neuron::integer_spiking:
      break;
  }
  const auto wider = static_cast<std::int32_t>(conversion.headroom * refinement(conversion));
  return IntegerSpiking{{range.low * wider, range.high * wider}, timesteps};
}

std::optional<std::uint32_t> start_phase(const Experiment& experiment, std::string_view population) {
  const Phase phase = phase_of(experiment.conversion, population);
  const bool synchronous = experiment.simulation.schedule == Schedule::layer_synchronous;
  if (phase.kind == Phase::Kind::complete || (phase.kind == Phase::Kind::by_schedule && synchronous)) return {};
  return phase.steps;
}

InputPattern input_pattern(const Experiment& experiment, std::string_view population) {
  const SimulationSection& simulation = experiment.simulation;
  const bool settles = simulation.horizon == Horizon::quiescence;
  return {.spread = simulation.delays(),
          .complete = !simulation.delays() && !settles && !start_phase(experiment, population),
          .settles = settles,
          .ticks_per_step = static_cast<std::int32_t>(simulation.ticks_per_step)};
}

OpenedModel open_model(const Experiment& experiment) {
  const auto checkpoint =
      std::make_shared<const models::Checkpoint>(models::open_checkpoint(experiment.model.checkpoint));
  const models::LlamaConfig& config = checkpoint->config;
  const std::filesystem::path tokenizer_path =
      models::find_tokenizer(experiment.model.checkpoint, experiment.model.tokenizer, config.vocabulary_size);
  OpenedModel opened{std::make_shared<models::DenseModel>(checkpoint),
                     models::open_tokenizer(tokenizer_path, config.vocabulary_size)};
  if (opened.tokenizer->vocabulary_size() > config.vocabulary_size)
    throw DataError(fmt::format("{}: {} pieces, but the model's vocabulary has {}", tokenizer_path.string(),
                                opened.tokenizer->vocabulary_size(), config.vocabulary_size),
                    "set model.tokenizer to the tokenizer that the checkpoint was trained with");
  check_segments(experiment, config);
  check_names(experiment, population_names(experiment, config));
  return opened;
}

CalibrationSequences calibration_of(const Experiment& experiment, const models::Tokenizer& tokenizer) {
  CalibrationSequences sequences;
  if (experiment.evaluation.runs(Network::qann) && experiment.quantization.calibrates())
    sequences.quantizer = calibration_sequences(experiment.quantization.calibration, experiment.seed, tokenizer);
  if (experiment.calibrates())
    sequences.calibrator = calibration_sequences(experiment.calibration_text(), experiment.seed, tokenizer);
  return sequences;
}

bool is_exact(const Experiment& experiment, const models::LlamaConfig& config) {
  if (experiment.simulation.readout > 1) return false;                   // states on the way differ
  if (experiment.quantization.activation_bits == bits_off) return true;  // nothing spikes
  const ConversionSection& conversion = experiment.conversion;
  if (experiment.calibrates() || refinement(conversion) > 1 || conversion.headroom > 1) return false;  // levels differ
  return std::ranges::all_of(population_names(experiment, config), [&](const std::string& population) {
    return exact(make_neuron(experiment, population, activation_range(experiment, population)),
                 input_pattern(experiment, population));
  });
}

std::unique_ptr<Pipeline> build_pipeline(const Experiment& experiment, const BuildOptions& options) {
  options.stage("opening the model");
  OpenedModel opened = open_model(experiment);
  const CalibrationSequences calibration = calibration_of(experiment, *opened.tokenizer);
  return build_pipeline(experiment, std::move(opened), calibration, options);
}

namespace {

models::ConversionOptions conversion_options(const Experiment& experiment) {
  const ConversionSection& conversion = experiment.conversion;
  return {.timesteps = static_cast<std::uint32_t>(conversion.timesteps),
          .embedding = conversion.embedding == Embedding::constant ? SourceSchedule::constant : SourceSchedule::impulse,
          .neuron = [&](std::string_view population,
                        LevelRange range) { return make_neuron(experiment, population, range); },
          .phase = [&](std::string_view population) { return start_phase(experiment, population); },
          .input = [&](std::string_view population) { return input_pattern(experiment, population); },
          .axon = {experiment.simulation.delay, experiment.simulation.jitter},
          .refinement = refinement(conversion)};
}

/// Channels that share a parameter; -1 of the user is all of them.
std::size_t group_of(int group) {
  return group < 1 ? models::ParameterGroups::kWholeSite : static_cast<std::size_t>(group);
}

/// What moves thresholds and the like, with phases as they are.
std::unique_ptr<const models::Calibrator> make_method(const Experiment& experiment) {
  const CalibrationSection& section = experiment.calibration;
  const auto chosen = [&](CalibrationParameters one) {
    return section.parameters == one || section.parameters == CalibrationParameters::all ||
           (section.parameters == CalibrationParameters::both && one != CalibrationParameters::offset);
  };
  const models::ParameterGroups groups{.threshold = group_of(section.group),
                                       .potential = group_of(section.potential_group),
                                       .thresholds = chosen(CalibrationParameters::threshold),
                                       .potentials = chosen(CalibrationParameters::potential),
                                       .offsets = section.offsets() ? experiment.conversion.timesteps : 0};
  const models::DescentOptions descent{.epochs = section.epochs,
                                       .learning_rate = section.learning_rate,
                                       .seed = experiment.seed,
                                       .batch = section.batch};
  switch (section.method) {
    case CalibrationMethod::coordinate_search:
      return models::make_coordinate_search(groups, section.epochs);
    case CalibrationMethod::threshold_search:
      return models::make_spiking_threshold_search();
    case CalibrationMethod::potential:
      return models::make_mean_correction(models::MeanTarget::dense);
    case CalibrationMethod::offset_spike:
      return models::make_mean_correction(models::MeanTarget::drive);
    case CalibrationMethod::residual_membrane:
      return models::make_mean_correction(models::MeanTarget::input);
    case CalibrationMethod::bias:
      return models::make_bias_correction();
    case CalibrationMethod::local_threshold_balancing:
      return models::make_local_threshold_balancing(groups, descent);
    case CalibrationMethod::weights:
      return models::make_weight_tuning(descent);
    case CalibrationMethod::phase_search:
      return models::make_phase_search(section.max_wait);
    case CalibrationMethod::none:
    case CalibrationMethod::theta_v0:
      break;
  }
  return models::make_theta_v0(groups, descent);
}

std::unique_ptr<const models::Calibrator> make_calibrator(const Experiment& experiment) {
  const CalibrationSection& section = experiment.calibration;
  if (section.phases == CalibrationPhases::given || section.method == CalibrationMethod::phase_search)
    return make_method(experiment);
  return models::make_calibrator_sequence(models::make_phase_search(section.max_wait), make_method(experiment));
}

/// Tells what a calibration does, and keeps what is done.
class CalibrationLog final : public models::CalibrationObserver {
 public:
  CalibrationLog(const BuildOptions& options, const models::QuantizedModel& model)
      : options_(options), model_(model), blocks_(model.blocks.size()) {}

  void round_done(std::size_t block, double loss) override {
    round_ = block == block_ ? round_ + 1 : 1;
    block_ = block;
    options_.stage(fmt::format("calibrating block {} of {}, round {}: loss {:.3e}", block + 1, blocks_, round_, loss));
  }
  bool block_done(const models::CalibrationOutcome& outcome) override {
    const bool keeps = options_.share->rank() == 0 && !options_.calibration_file.empty();
    if (keeps) write_calibration(options_.calibration_file, outcome, model_);
    return options_.stop == nullptr || !*options_.stop;
  }

 private:
  const BuildOptions& options_;
  const models::QuantizedModel& model_;
  std::size_t blocks_, block_ = 0, round_ = 0;
};

/// False when it was stopped.
bool calibrate_network(const Experiment& experiment, const std::vector<TokenIds>& sequences,
                       const BuildOptions& options, Pipeline& pipeline) {
  models::CalibrationOutcome done;
  if (std::filesystem::exists(options.calibration_file))
    done = read_calibration(options.calibration_file, pipeline.qann);
  if (done.blocks.size() < pipeline.qann.blocks.size()) {
    const models::ConversionOptions conversion = conversion_options(experiment);
    const models::CalibrationOptions dynamics{
        .timesteps = conversion.timesteps,
        .embedding = conversion.embedding,
        .prefix = pipeline.prefix.prefix.positions(),
        .neuron = conversion.neuron,
        .phase =
            [&](std::string_view population) {
              return start_phase(experiment, population).value_or(conversion.timesteps);
            },
        .refinement = conversion.refinement,
        .share = options.share,
        .peak_memory = peak_resident_bytes};
    CalibrationLog log(options, pipeline.qann);
    done = models::calibrate(pipeline.qann, sequences_behind(pipeline.prefix.prefix, sequences), dynamics,
                             *make_calibrator(experiment), log, std::move(done));
    if (done.blocks.size() < pipeline.qann.blocks.size()) return false;
  }
  pipeline.calibration = std::move(done);
  return true;
}

void add_executor(const Experiment& experiment, Pipeline& pipeline) {
  const SimulationSection& simulation = experiment.simulation;
  SpikingGraph& graph = pipeline.spiking.graph;
  if (simulation.hop > 0) {
    pipeline.placement.emplace(graph, simulation.mesh_width);
    add_hop_delays(graph, *pipeline.placement, simulation.hop);
  }
  const bool settles = simulation.horizon == Horizon::quiescence;
  pipeline.time = {.timesteps = pipeline.spiking.timesteps,
                   .ticks_per_step = simulation.ticks_per_step,
                   .seed = experiment.seed,
                   .horizon = {settles ? snnsim::Horizon::Kind::quiescence : snnsim::Horizon::Kind::steps}};
  pipeline.executor = simulation.executor == Executor::event ? make_event_executor(graph, pipeline.time)
                                                             : make_stepped_executor(graph, pipeline.time);
}

}  // namespace

std::unique_ptr<Pipeline> build_pipeline(const Experiment& experiment, OpenedModel opened,
                                         const CalibrationSequences& calibration, const BuildOptions& options) {
  auto pipeline = std::make_unique<Pipeline>();
  pipeline->opened = std::move(opened);
  if (experiment.evaluation.runs(Network::qann)) {
    find_prefix(experiment, calibration.quantizer, options, *pipeline);
    quantize_model(experiment, calibration.quantizer, options, *pipeline);
  }
  options.quantized();
  if (!experiment.evaluation.runs(Network::snn)) return pipeline;
  if (experiment.calibrates() && !calibrate_network(experiment, calibration.calibrator, options, *pipeline)) return {};
  options.stage("converting to a spiking network");
  models::ConversionOptions conversion = conversion_options(experiment);
  if (experiment.calibrates()) conversion.calibration = &pipeline->calibration.calibration;
  pipeline->spiking = models::convert(pipeline->qann, conversion);
  pipeline->spiking.readout = {experiment.simulation.readout, experiment.simulation.ticks_per_step};
  add_executor(experiment, *pipeline);
  return pipeline;
}

}  // namespace snnsim::experiments
