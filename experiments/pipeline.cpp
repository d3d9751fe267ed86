#include "experiments/pipeline.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/evaluation/segments.hpp"
#include "models/quantization/threshold_search.hpp"

namespace snnsim::experiments {

namespace {

std::vector<std::string> population_names(const models::LlamaConfig& config) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < config.blocks; ++k)
    for (const models::Site site : models::kAllSites) names.push_back(models::population_name(k, site));
  return names;
}

void check_segments(const Experiment& experiment, const models::LlamaConfig& config) {
  for (const PerplexityTask& task : experiment.evaluation.perplexity)
    if (task.segment > config.context_length)
      throw ConfigurationError(fmt::format("evaluation segment {} is longer than the model's context of {}",
                                           task.segment, config.context_length),
                               fmt::format("set evaluation.perplexity.segment to at most {}", config.context_length));
  const CalibrationText& calibration = experiment.quantization.calibration;
  const bool calibrated =
      experiment.quantization.activation_bits != bits_off && experiment.evaluation.runs(Network::qann);
  if (calibrated && calibration.length > config.context_length)
    throw ConfigurationError(fmt::format("quantization.calibration.length {} is longer than the model's context of {}",
                                         calibration.length, config.context_length),
                             fmt::format("set quantization.calibration.length to at most {}", config.context_length));
}

models::QuantizedModel quantize_model(const Experiment& experiment, const OpenedModel& opened,
                                      const std::vector<TokenIds>& calibration, const StageObserver& stage) {
  const QuantizationSection& section = experiment.quantization;
  const models::QuantizerOptions options{
      .weight_bits = section.weight_bits,
      .activation_bits = section.activation_bits,
      .prefix = section.prefix_tokens.positions(),
      .activation_range = [&](std::string_view population) { return activation_range(experiment, population); }};
  return models::quantize(opened.dense, calibration, options, [&](double share) {
    stage(fmt::format("quantizing, {:.0f} % of the blocks done", 100 * share));
  });
}

}  // namespace

LevelRange activation_range(const Experiment& experiment, std::string_view population) {
  const ConversionSection& conversion = experiment.conversion;
  const Neuron neuron = neuron_of(conversion, population);
  const bool few_spikes = neuron == Neuron::st_bif || neuron == Neuron::integrate_and_fire;
  const LevelRange all = models::signed_range(experiment.quantization.activation_bits);
  if (!few_spikes || conversion.levels == Levels::bits) return all;
  const std::size_t per_step = neuron == Neuron::st_bif ? conversion.max_spikes : 1;
  const auto reached = static_cast<std::int32_t>(
      std::min<std::size_t>(static_cast<std::size_t>(all.high), per_step * conversion.timesteps));
  return {-reached, reached};
}

NeuronModel make_neuron(const ConversionSection& conversion, std::string_view population, LevelRange range) {
  const auto timesteps = static_cast<std::int32_t>(conversion.timesteps);
  switch (neuron_of(conversion, population)) {
    case Neuron::sigma_delta:
      return SigmaDelta{range};
    case Neuron::st_bif:
      return StBif{range, static_cast<std::int32_t>(conversion.max_spikes), timesteps};
    case Neuron::integrate_and_fire:
      return IntegrateAndFire{range, timesteps};
    case Neuron::integer_spiking:
      break;
  }
  return IntegerSpiking{range, timesteps};
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
  check_overrides(experiment.conversion, population_names(config));
  return opened;
}

std::vector<TokenIds> calibration_of(const Experiment& experiment, const models::Tokenizer& tokenizer) {
  if (experiment.quantization.activation_bits == bits_off || !experiment.evaluation.runs(Network::qann)) return {};
  return calibration_sequences(experiment.quantization.calibration, experiment.seed, tokenizer);
}

bool is_exact(const Experiment& experiment, const models::LlamaConfig& config) {
  if (experiment.quantization.activation_bits == bits_off) return true;  // nothing spikes
  return std::ranges::all_of(population_names(config), [&](const std::string& population) {
    return exact(make_neuron(experiment.conversion, population, activation_range(experiment, population)), {});
  });
}

std::unique_ptr<Pipeline> build_pipeline(const Experiment& experiment, const StageObserver& stage) {
  stage("opening the model");
  OpenedModel opened = open_model(experiment);
  const std::vector<TokenIds> calibration = calibration_of(experiment, *opened.tokenizer);
  return build_pipeline(experiment, std::move(opened), calibration, stage);
}

std::unique_ptr<Pipeline> build_pipeline(const Experiment& experiment, OpenedModel opened,
                                         const std::vector<TokenIds>& calibration, const StageObserver& stage) {
  auto pipeline = std::make_unique<Pipeline>();
  pipeline->opened = std::move(opened);
  if (!experiment.evaluation.runs(Network::qann)) return pipeline;
  pipeline->qann = quantize_model(experiment, pipeline->opened, calibration, stage);
  if (!experiment.evaluation.runs(Network::snn)) return pipeline;
  stage("converting to a spiking network");
  const ConversionSection& conversion = experiment.conversion;
  pipeline->spiking = models::convert(
      pipeline->qann,
      {.timesteps = static_cast<std::uint32_t>(conversion.timesteps),
       .embedding = conversion.embedding == Embedding::constant ? SourceSchedule::constant : SourceSchedule::impulse,
       .neuron = [&](std::string_view population, LevelRange range) {
         return make_neuron(conversion, population, range);
       }});
  pipeline->executor =
      experiment.simulation.executor == Executor::event
          ? make_event_executor(pipeline->spiking.graph, TimeSettings{.timesteps = pipeline->spiking.timesteps})
          : make_stepped_executor(pipeline->spiking.graph, TimeSettings{.timesteps = pipeline->spiking.timesteps});
  return pipeline;
}

}  // namespace snnsim::experiments
