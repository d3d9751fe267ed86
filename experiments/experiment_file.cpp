#include "experiments/experiment_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "experiments/field_reader.hpp"
#include "experiments/field_writer.hpp"
#include "experiments/json_source.hpp"
#include "experiments/run_name.hpp"

namespace snnsim::experiments {
namespace {

/// Each network is compared with those before it, so only a beginning of dense, qann, snn can be evaluated.
void check_networks(const JsonSource& source, const std::vector<Network>& networks) {
  constexpr std::array all{Network::dense, Network::qann, Network::snn};
  if (!networks.empty() && networks.size() <= all.size() &&
      std::ranges::equal(networks, std::span(all).first(networks.size())))
    return;
  throw ConfigurationError(fmt::format("{}: evaluation.networks leaves out a network that the others are compared with",
                                       source.place_of_value("evaluation.networks")),
                           R"(set it to ["dense"], ["dense", "qann"] or ["dense", "qann", "snn"])");
}

/// Without ticks there is nothing that could take ticks.
void check_time(const JsonSource& source, const SimulationSection& simulation) {
  const auto complain = [&](const char* key, std::string_view what, std::string remedy) {
    throw ConfigurationError(fmt::format("{}: {}", source.place_of_value(key), what), std::move(remedy));
  };
  const bool stepped = simulation.schedule == Schedule::stepped;
  if (stepped && simulation.ticks_per_step != 1)
    complain("simulation.ticks_per_step", "the stepped schedule has one tick in a step",
             "set simulation.schedule to timed, or leave ticks_per_step at 1");
  if (stepped && simulation.delays())
    complain(simulation.delay > 0    ? "simulation.delay"
             : simulation.jitter > 0 ? "simulation.jitter"
                                     : "simulation.hop",
             "under the stepped schedule spikes arrive at once",
             "set simulation.schedule to timed, or leave delay, jitter and hop at 0");
  if (simulation.readout > 1 && simulation.horizon == Horizon::quiescence)
    complain("simulation.readout", "a network that has settled has no late steps",
             "set simulation.readout to 1, or horizon to steps");
  if (simulation.executor == Executor::stepped && (simulation.delays() || simulation.ticks_per_step != 1))
    complain("simulation.executor", "the stepped executor has no ticks and no delays",
             "set simulation.executor to event");
}

/// Calibrators run blocks one after another, step by step.
void check_calibration(const JsonSource& source, const Experiment& experiment) {
  if (experiment.calibration.phases == CalibrationPhases::searched &&
      experiment.calibration.method == CalibrationMethod::none)
    throw ConfigurationError(fmt::format("{}: nothing is calibrated", source.place_of_value("calibration.phases")),
                             "set calibration.method to phase_search, or to what follows it");
  if (!experiment.calibrates()) return;
  const ConversionSection& conversion = experiment.conversion;
  const bool stepped =
      experiment.simulation.schedule == Schedule::stepped && experiment.simulation.horizon == Horizon::steps;
  const auto complain = [&](std::string_view what, std::string remedy) {
    throw ConfigurationError(fmt::format("{}: {}", source.place_of_value("calibration.method"), what),
                             std::move(remedy));
  };
  if (!stepped)
    complain("calibration knows the stepped schedule only",
             "set calibration.method to none, or simulation.schedule to stepped and horizon to steps");
  const bool fires_signed = conversion.neuron == Neuron::integrate_and_fire ||
                            std::ranges::any_of(conversion.overrides, [](const auto& other) {
                              return other.neuron == Neuron::integrate_and_fire;
                            });
  const CalibrationSection& calibration = experiment.calibration;
  const bool descends =
      calibration.method == CalibrationMethod::theta_v0 || calibration.method == CalibrationMethod::weights;
  if (descends && fires_signed)
    complain(fmt::format("{} knows no gradient of integrate_and_fire neurons", name(calibration.method)),
             "use integer_spiking, st_bif or sigma_delta, or another calibration.method");
  if (calibration.method == CalibrationMethod::weights && experiment.quantization.weight_bits == bits_off)
    complain("with weight_bits 16 there are no integers to tune",
             "set quantization.weight_bits to at most 8, or another calibration.method");
  if (calibration.method == CalibrationMethod::weights && experiment.quantization.group > 0)
    complain("the integers of weights in groups are levels times multiples, which do not move alone",
             "leave quantization.group at -1, or use another calibration.method");
  const bool others =
      conversion.neuron != Neuron::integer_spiking || std::ranges::any_of(conversion.overrides, [](const auto& other) {
        return other.neuron.value_or(Neuron::integer_spiking) != Neuron::integer_spiking;
      });
  if (calibration.offsets() && others)
    complain("only integer_spiking neurons have an offset that steps could add to",
             "set calibration.parameters to both, threshold or potential");
  if (experiment.quantization.activation_bits == bits_off)
    complain("with activation_bits 16 nothing spikes that could be calibrated",
             "set calibration.method to none, or fewer quantization.activation_bits");
}

/// What sets the thresholds of a population's neurons, each in its own way.
void check_thresholds(const JsonSource& source, const Experiment& experiment) {
  const QuantizationSection& section = experiment.quantization;
  const auto complain = [&](const char* key, std::string_view what, std::string remedy) {
    throw ConfigurationError(fmt::format("{}: {}", source.place_of_value(key), what), std::move(remedy));
  };
  const bool awq = section.weighs_inputs() && section.weights == WeightQuantizer::awq;
  const bool per_token = section.granularity == Granularity::per_token;
  if (per_token && experiment.evaluation.runs(Network::snn))
    complain("quantization.granularity",
             "a neuron has its threshold before a token comes, so it cannot follow from the token's own values",
             R"(use per_channel, per_head or per_tensor, or set evaluation.networks to ["dense", "qann"])");
  if (per_token && (awq || section.smooth > 0 || section.ranges == Ranges::percentile || section.tuning.epochs > 0))
    complain("quantization.granularity", "with per_token the largest magnitude of a token sets its step, nothing else",
             "leave smooth, ranges and tuning as they are and use rtn or gptq, or another granularity");
  if (section.quantizes(OptionalSite::probs) && (experiment.calibrates() || section.tuning.epochs > 0))
    complain("quantization.optional_sites", "calibration and tuning know no population of probabilities",
             "leave probs out, or set calibration.method to none and quantization.tuning.epochs to 0");
  if (section.quantizes(OptionalSite::probs) && experiment.record.bound)
    complain("quantization.optional_sites", "the bound knows no population of probabilities",
             "leave probs out, or set record.bound to false");
  if (section.activation_bits == bits_off && !section.optional_sites.empty())
    complain("quantization.optional_sites", "with activation_bits 16 no site is quantized",
             "leave it empty, or use fewer activation_bits");
  if (section.rotation_trials > 1 && section.rotation == Rotation::none)
    complain("quantization.rotation_trials", "without a rotation there is none to choose",
             "leave it at 1, or set quantization.rotation to hadamard");
  if (section.rotation_trials > 1 && section.weight_bits == bits_off && section.activation_bits == bits_off)
    complain("quantization.rotation_trials", "where nothing is quantized all rotations are the same to rounding",
             "leave it at 1, or use fewer bits");
  if (section.smooth > 0 && section.granularity == Granularity::per_channel)
    complain("quantization.smooth", "per_channel gives every neuron a threshold already",
             "leave smooth at 0, or granularity at per_head");
  if (awq && (section.smooth > 0 || section.granularity == Granularity::per_channel))
    complain("quantization.weights", "awq sets the ratios of thresholds itself",
             "leave smooth at 0 and granularity at per_head, or use rtn or gptq");
  if (section.activation_bits == bits_off && section.smooth > 0)
    complain("quantization.smooth", "with activation_bits 16 nothing spikes whose threshold it could set",
             "leave smooth at 0, or use fewer activation_bits");
  if (section.activation_bits == bits_off && section.tuning.epochs > 0)
    complain("quantization.tuning.epochs", "with activation_bits 16 there are no steps to tune",
             "leave it at 0, or use fewer activation_bits");
  if (section.activation_bits == bits_off && section.kv_bits != 0)
    complain("quantization.kv_bits", "with activation_bits 16 keys and values do not spike",
             "leave kv_bits at 0, or use fewer activation_bits");
  if (section.group > 0 && section.weight_bits >= 8)
    complain("quantization.group", "the scales of groups are multiples of one, and 8 bits leave no room for them",
             "use fewer weight_bits, or leave group at -1");
}

/// Levels that only some neurons have, and counts that must fit 16 bits.
void check_levels(const JsonSource& source, const Experiment& experiment) {
  const ConversionSection& conversion = experiment.conversion;
  const auto complain = [&](const std::string& key, std::string_view what, std::string remedy) {
    throw ConfigurationError(fmt::format("{}: {}", source.place_of_value(key), what), std::move(remedy));
  };
  const bool finer = conversion.levels == Levels::bits_per_step;
  if (!finer && conversion.headroom == 1) return;
  const std::string key = finer ? "conversion.levels" : "conversion.headroom";
  const bool others =
      conversion.neuron != Neuron::integer_spiking || std::ranges::any_of(conversion.overrides, [](const auto& other) {
        return other.neuron.value_or(Neuron::integer_spiking) != Neuron::integer_spiking;
      });
  if (others)
    complain(key, "only integer_spiking neurons have such levels",
             "set conversion.neuron and overrides to integer_spiking, or leave levels and headroom as they are");
  const std::size_t factor = conversion.headroom * (finer ? conversion.timesteps : 1);
  const int bits = std::max(experiment.quantization.activation_bits, experiment.quantization.kv_bits);
  if ((factor << static_cast<unsigned>(bits)) > 32768)
    complain(key, "a neuron could count beyond 16 bits", "use fewer activation_bits or timesteps, or less headroom");
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file))
    throw ConfigurationError(fmt::format("{}: cannot be read", file.string()),
                             "give the path of an experiment file (JSON)");
  return {std::istreambuf_iterator<char>(in), {}};
}

[[noreturn]] void missing(std::string_view key, std::string_view what) {
  throw ConfigurationError(fmt::format("{} is not given", key), fmt::format("set {} to {}", key, what));
}

}  // namespace

JsonSource open_experiment(const std::filesystem::path& file, std::span<const std::string> settings) {
  JsonSource source(read_text(file), file);
  for (const std::string& setting : settings) source.set(setting);
  return source;
}

Experiment parse_experiment(std::string_view text, const std::filesystem::path& file,
                            std::span<const std::string> settings) {
  JsonSource source(text, file);
  for (const std::string& setting : settings) source.set(setting);
  return experiment_in(source);
}

Experiment experiment_in(const JsonSource& source) {
  Experiment experiment;
  read(Node{source.root(), "", source}, experiment, Rule{});
  if (experiment.name.empty()) experiment.name = name_of_file(source.file());
  check_name(source, experiment.name);
  check_networks(source, experiment.evaluation.networks);
  check_time(source, experiment.simulation);
  check_thresholds(source, experiment);
  check_levels(source, experiment);
  check_calibration(source, experiment);
  return experiment;
}

Experiment read_experiment(const std::filesystem::path& file, std::span<const std::string> settings) {
  return experiment_in(open_experiment(file, settings));
}

void check_runnable(const Experiment& experiment) {
  if (experiment.model.checkpoint.empty())
    missing("model.checkpoint", "a Hugging Face directory, a .gguf or a llama2.c .bin");
  const EvaluationSection& evaluation = experiment.evaluation;
  if (evaluation.perplexity.empty() && evaluation.zero_shot.empty())
    missing("evaluation.perplexity", "a list with at least one text, or evaluation.zero_shot to one with a task");
  for (std::size_t i = 0; i < evaluation.perplexity.size(); ++i)
    if (evaluation.perplexity[i].text.empty())
      missing(fmt::format("evaluation.perplexity.{}.text", i), "the path of a text");
  for (std::size_t i = 0; i < evaluation.zero_shot.size(); ++i)
    if (evaluation.zero_shot[i].path.empty())
      missing(fmt::format("evaluation.zero_shot.{}.path", i), "the path of the task's items");
  if (evaluation.runs(Network::qann) && experiment.quantization.calibrates() &&
      experiment.quantization.calibration.text.empty())
    missing("quantization.calibration.text", "the path of a text (not the one that is evaluated)");
  const bool spikes_on_texts = evaluation.runs(Network::snn) && !evaluation.perplexity.empty() &&
                               experiment.quantization.activation_bits != bits_off;
  if (experiment.record.in_hdf5() && !spikes_on_texts)
    throw ConfigurationError("nothing spikes on a text, so there is nothing to record",
                             "leave record.spikes, drives and potentials empty, or give evaluation.perplexity a text, "
                             "evaluation.networks \"snn\" and fewer activation_bits");
}

nlohmann::ordered_json to_json(const Experiment& experiment) {
  return write(experiment);
}

}  // namespace snnsim::experiments
