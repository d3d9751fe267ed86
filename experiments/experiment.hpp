#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/field.hpp"

namespace snnsim::experiments {

enum class WeightQuantizer { rtn, gptq, awq };
enum class Rotation { none, hadamard };
enum class Granularity { per_tensor, per_head, per_channel, per_token };
enum class Ranges { mse, percentile };
enum class CalibrationMethod {
  none,
  theta_v0,
  coordinate_search,
  threshold_search,
  potential,
  offset_spike,
  residual_membrane,
  bias,
  local_threshold_balancing,
  weights,
  phase_search
};
enum class CalibrationParameters { both, threshold, potential, offset, all };
enum class CalibrationPhases { given, searched };
enum class Neuron { integer_spiking, sigma_delta, st_bif, integrate_and_fire };
enum class Embedding { constant, impulse };
enum class Levels { by_neuron, timesteps, bits, bits_per_step };
enum class Positions { concurrent, sequential };
enum class Executor { event, stepped };
enum class Schedule { stepped, timed, layer_synchronous };
enum class Horizon { steps, quiescence };
enum class Protocol { documents, gptq, lm_eval, llama_cpp, c4, c4_new };
enum class ZeroShotName { piqa, arc_easy, arc_challenge, hellaswag, winogrande, boolq, lambada };
enum class ZeroShotProtocol { harness_0_3, harness_0_4, harness_0_4_9_2 };
enum class Network { dense, qann, snn };
enum class OptionalSite { probs, final_in };

namespace names {
inline constexpr std::string_view weight_quantizer[] = {"rtn", "gptq", "awq"};
inline constexpr std::string_view rotation[] = {"none", "hadamard"};
inline constexpr std::string_view granularity[] = {"per_tensor", "per_head", "per_channel", "per_token"};
inline constexpr std::string_view ranges[] = {"mse", "percentile"};
inline constexpr std::string_view calibration_method[] = {"none",
                                                          "theta_v0",
                                                          "coordinate_search",
                                                          "threshold_search",
                                                          "potential",
                                                          "offset_spike",
                                                          "residual_membrane",
                                                          "bias",
                                                          "local_threshold_balancing",
                                                          "weights",
                                                          "phase_search"};
inline constexpr std::string_view calibration_parameters[] = {"both", "threshold", "potential", "offset", "all"};
inline constexpr std::string_view calibration_phases[] = {"given", "searched"};
inline constexpr std::string_view neuron[] = {"integer_spiking", "sigma_delta", "st_bif", "integrate_and_fire"};
inline constexpr std::string_view embedding[] = {"constant", "impulse"};
inline constexpr std::string_view levels[] = {"", "timesteps", "bits", "bits_per_step"};
inline constexpr std::string_view positions[] = {"concurrent", "sequential"};
inline constexpr std::string_view executor[] = {"event", "stepped"};
inline constexpr std::string_view schedule[] = {"stepped", "timed", "layer_synchronous"};
inline constexpr std::string_view horizon[] = {"steps", "quiescence"};
inline constexpr std::string_view protocol[] = {"documents", "gptq", "lm_eval", "llama_cpp", "c4", "c4_new"};
inline constexpr std::string_view zero_shot[] = {"piqa",       "arc_easy", "arc_challenge", "hellaswag",
                                                 "winogrande", "boolq",    "lambada"};
inline constexpr std::string_view zero_shot_protocol[] = {"harness_0_3", "harness_0_4", "harness_0_4_9_2"};
inline constexpr std::string_view network[] = {"dense", "qann", "snn"};
inline constexpr std::string_view optional_site[] = {"probs", "final_in"};
}  // namespace names

template <>
inline constexpr std::span<const std::string_view> names_of<WeightQuantizer> = names::weight_quantizer;
template <>
inline constexpr std::span<const std::string_view> names_of<Rotation> = names::rotation;
template <>
inline constexpr std::span<const std::string_view> names_of<Granularity> = names::granularity;
template <>
inline constexpr std::span<const std::string_view> names_of<Ranges> = names::ranges;
template <>
inline constexpr std::span<const std::string_view> names_of<CalibrationMethod> = names::calibration_method;
template <>
inline constexpr std::span<const std::string_view> names_of<CalibrationParameters> = names::calibration_parameters;
template <>
inline constexpr std::span<const std::string_view> names_of<CalibrationPhases> = names::calibration_phases;
template <>
inline constexpr std::span<const std::string_view> names_of<Neuron> = names::neuron;
template <>
inline constexpr std::span<const std::string_view> names_of<Embedding> = names::embedding;
template <>
inline constexpr std::span<const std::string_view> names_of<Levels> = names::levels;
template <>
inline constexpr std::span<const std::string_view> names_of<Positions> = names::positions;
template <>
inline constexpr std::span<const std::string_view> names_of<Executor> = names::executor;
template <>
inline constexpr std::span<const std::string_view> names_of<Schedule> = names::schedule;
template <>
inline constexpr std::span<const std::string_view> names_of<Horizon> = names::horizon;
template <>
inline constexpr std::span<const std::string_view> names_of<Protocol> = names::protocol;
template <>
inline constexpr std::span<const std::string_view> names_of<ZeroShotName> = names::zero_shot;
template <>
inline constexpr std::span<const std::string_view> names_of<ZeroShotProtocol> = names::zero_shot_protocol;
template <>
inline constexpr std::span<const std::string_view> names_of<Network> = names::network;
template <>
inline constexpr std::span<const std::string_view> names_of<OptionalSite> = names::optional_site;

inline constexpr std::array<std::int64_t, 8> bit_widths{2, 3, 4, 5, 6, 7, 8, 16};
inline constexpr std::array<std::int64_t, 8> kv_bit_widths{0, 2, 3, 4, 5, 6, 7, 8};  // 0: as the others
inline constexpr std::array<std::int64_t, 4> weight_groups{-1, 32, 64, 128};
inline constexpr int bits_off = 16;  // weight_bits, activation_bits: not quantized
inline constexpr std::string_view default_separator = "<|endoftext|>";

/// What stays in full precision: "auto", the first position (BOS) of a segment; a count of its positions; tokens that
/// are put in front of it; or "search", those tokens that have massive activations on the calibration text.
struct PrefixTokens {
  std::optional<std::size_t> count;  // nullopt: auto, if nothing else is set
  std::vector<std::int32_t> ids;
  bool search = false;
  bool operator==(const PrefixTokens&) const = default;
};

/// When a population starts: "schedule", as simulation.schedule says; "complete", once its inputs are; or so many steps
/// after them.
struct Phase {
  enum class Kind { by_schedule, complete, steps } kind = Kind::by_schedule;
  std::uint32_t steps = 0;
  bool operator==(const Phase&) const = default;
};

/// A cost table: the name of a file in configs/energy, or a path (holds a '/' or ends in .json).
struct TableName {
  std::string value;
  bool is_path() const { return value.find('/') != std::string::npos || value.ends_with(".json"); }
  bool operator==(const TableName&) const = default;
};

struct ModelSection {
  std::filesystem::path checkpoint;
  std::filesystem::path tokenizer;

  template <class Visit>
  static void fields(Visit&& visit) {
    visit("checkpoint", &ModelSection::checkpoint,
          Rule{.help = "Hugging Face directory (config.json, *.safetensors), .gguf or llama2.c .bin; needed to run"});
    visit("tokenizer", &ModelSection::tokenizer,
          Rule{.help = "*.json, *.model, *.gguf or *.bin; empty: the one beside the checkpoint"});
  }
  bool operator==(const ModelSection&) const = default;
};

/// The text on which quantizers are fitted.
struct CalibrationText {
  std::filesystem::path text;
  std::string separator{default_separator};
  std::size_t segments = 16;
  std::size_t length = 256;

  template <class Visit>
  static void fields(Visit&& visit) {
    visit(
        "text", &CalibrationText::text,
        Rule{.help =
                 "UTF-8 text; needed where something is measured on it: static thresholds (those of probs always are), "
                 "gptq, awq, prefix_tokens \"search\" or rotation_trials above 1"});
    visit("separator", &CalibrationText::separator, Rule{.help = "divides the text into documents"});
    visit("segments", &CalibrationText::segments,
          Rule{.help = "documents used, chosen by the seed", .unit = "documents", .least = 1, .most = 1000000});
    visit("length", &CalibrationText::length,
          Rule{.help = "a document is cut at this many positions", .unit = "positions", .least = 2, .most = 1048576});
  }
  bool operator==(const CalibrationText&) const = default;
};

/// Fine-tuning of the steps of activation quantizers.
struct TuningSection {
  std::size_t epochs = 0;
  double learning_rate = 1e-3;

  template <class Visit>
  static void fields(Visit&& visit) {
    visit("epochs", &TuningSection::epochs,
          Rule{.help = "over the calibration text, for each block; 0: steps stay as they were searched", .most = 1000});
    visit("learning_rate", &TuningSection::learning_rate,
          Rule{.help = "of the logarithm of a step, at the start", .least = 0, .most = 1, .exclusive = true});
  }
  bool operator==(const TuningSection&) const = default;
};

struct QuantizationSection {
  int weight_bits = 8;
  int activation_bits = 8;
  int kv_bits = 0;
  WeightQuantizer weights = WeightQuantizer::rtn;
  Granularity granularity = Granularity::per_head;
  Ranges ranges = Ranges::mse;
  double percentile = 99.9;
  double smooth = 0;
  TuningSection tuning;
  std::vector<OptionalSite> optional_sites;
  Rotation rotation = Rotation::none;
  std::size_t rotation_trials = 1;
  PrefixTokens prefix_tokens;
  int group = -1;
  CalibrationText calibration;

  /// Weights are rounded by what they do to the calibration text.
  bool weighs_inputs() const { return weight_bits != bits_off && weights != WeightQuantizer::rtn; }
  bool quantizes(OptionalSite site) const {
    return activation_bits != bits_off && std::ranges::find(optional_sites, site) != optional_sites.end();
  }
  /// The rotation is chosen by what it does to the calibration text.
  bool searches_rotation() const { return rotation != Rotation::none && rotation_trials > 1; }
  bool tunes() const { return activation_bits != bits_off && tuning.epochs > 0; }
  /// Thresholds follow from that text, not from each token's own values.
  bool measures_activations() const {
    const bool fitted = granularity != Granularity::per_token || quantizes(OptionalSite::probs);
    return activation_bits != bits_off && fitted;
  }
  /// Something is measured on that text.
  bool calibrates() const {
    return measures_activations() || weighs_inputs() || prefix_tokens.search || searches_rotation();
  }

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = QuantizationSection;
    visit("weight_bits", &S::weight_bits,
          Rule{.help = "signed integer weights; 16: left as they are", .unit = "bits", .values = bit_widths});
    visit("activation_bits", &S::activation_bits,
          Rule{.help = "signed activations at the spiking sites; 16: left as they are",
               .unit = "bits",
               .values = bit_widths});
    visit("kv_bits", &S::kv_bits,
          Rule{.help = "of keys and values; 0: activation_bits", .unit = "bits", .values = kv_bit_widths});
    visit(
        "weights", &S::weights,
        Rule{.help = "how weights are rounded; rtn: to the nearest level; gptq: passing the error of each on to the "
                     "next, by the second moments of their inputs on the calibration text; awq: to the nearest level "
                     "of weights whose columns are scaled by a power of the size of their inputs, which thresholds of "
                     "the neurons take back"});
    visit("granularity", &S::granularity,
          Rule{.help = "neurons with a threshold in common; per_tensor: those of a population; per_head: in q, k and v "
                       "those of a head, elsewhere those of a population; per_channel: each has its own, folded into "
                       "the weights; per_token: as per_head, but from the largest magnitude of each token, of the QANN "
                       "only: a threshold is there before the token comes"});
    visit("ranges", &S::ranges,
          Rule{.help = "how thresholds follow from the calibration text; mse: least mean square error; percentile: the "
                       "levels end at quantization.percentile of the magnitudes"});
    visit("percentile", &S::percentile, Rule{.help = "where levels end", .unit = "%", .least = 50, .most = 100});
    visit("smooth", &S::smooth,
          Rule{.help = "SmoothQuant: outlier channels are divided by (their largest magnitude)^smooth / (that of their "
                       "weights)^(1 - smooth), by the thresholds of their neurons, and the weights multiplied; 0: off",
               .least = 0,
               .most = 1});
    visit(
        "tuning", &S::tuning,
        Rule{.help = "gradient descent by the steps of a block, so that its output comes nearer to the dense block's; "
                     "the channels of a site, or of a head, keep the ratios of their steps"});
    visit("optional_sites", &S::optional_sites,
          Rule{.help = "quantized besides the seven of a block; probs: attention probabilities, without negative "
                       "levels, a threshold for each head and a neuron for each head and position; final_in: what the "
                       "LM head multiplies"});
    visit("rotation", &S::rotation,
          Rule{.help = "coordinates in which the model is quantized; hadamard: outlier channels are spread over all "
                       "by random Hadamard matrices, most of them part of the weights (QuaRot); drawn by the seed"});
    visit("rotation_trials", &S::rotation_trials,
          Rule{.help = "rotations that are drawn; the one whose QANN is nearest to the dense model on the calibration "
                       "text, by the squared error of the final RMSNorm, is taken; 1: the first is",
               .unit = "rotations",
               .least = 1,
               .most = 1000});
    visit("prefix_tokens", &S::prefix_tokens,
          Rule{.help =
                   "leading positions of each segment kept in full precision; \"auto\": the first (BOS); or a list of "
                   "token ids that are put in front of it, in full precision (PrefixQuant); \"search\": those that "
                   "have massive activations on the calibration text, and BOS",
               .unit = "positions",
               .most = 1048576});
    visit(
        "group", &S::group,
        Rule{.help = "input channels that share a weight scale; -1: a whole output row. The scales of the groups of a "
                     "row are multiples, up to 2^(8 - weight_bits), of one",
             .unit = "channels",
             .values = weight_groups});
    visit("calibration", &S::calibration,
          Rule{.help = "text on which activations, and the inputs of weights, are measured"});
  }
  bool operator==(const QuantizationSection&) const = default;
};

/// Another neuron or phase for the populations whose name matches.
struct PopulationOverride {
  std::string match;
  std::optional<Neuron> neuron;
  std::optional<Phase> phase;

  template <class Visit>
  static void fields(Visit&& visit) {
    visit("match", &PopulationOverride::match,
          Rule{.help = "population names, blocks.<k>.<site>; * is any characters, ? is one"});
    visit("neuron", &PopulationOverride::neuron,
          Rule{.help = "their neuron; empty: as without this override; a later override wins"});
    visit("phase", &PopulationOverride::phase,
          Rule{.help = "when they start, as conversion.phase; empty: as without this override",
               .unit = "steps",
               .most = 1024});
  }
  bool operator==(const PopulationOverride&) const = default;
};

struct ConversionSection {
  Neuron neuron = Neuron::integer_spiking;
  std::size_t timesteps = 4;
  Embedding embedding = Embedding::constant;
  Levels levels = Levels::by_neuron;
  Positions positions = Positions::concurrent;
  std::size_t headroom = 1;
  std::size_t max_spikes = 1;
  std::size_t refractory = 0;
  Phase phase;
  std::vector<PopulationOverride> overrides;

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = ConversionSection;
    visit("neuron", &S::neuron, Rule{.help = "neuron model of every population"});
    visit("timesteps", &S::timesteps, Rule{.help = "simulated steps, T", .unit = "steps", .least = 1, .most = 1024});
    visit("embedding", &S::embedding,
          Rule{.help = "constant: the T-th part of the embedding each step; impulse: all of it at the first"});
    visit(
        "levels", &S::levels,
        Rule{.help = "timesteps: thresholds fit what T steps can emit; bits: what activation_bits can; bits_per_step: "
                     "a spike of integer_spiking has activation_bits and thresholds are the T-th part, so that T "
                     "steps make T times the levels of the QANN; empty: timesteps for st_bif and "
                     "integrate_and_fire, bits for the others"});
    visit(
        "headroom", &S::headroom,
        Rule{.help = "integer_spiking: so many times the levels that a step needs, and as many times the range of the "
                     "quantizer",
             .least = 1,
             .most = 64});
    visit("positions", &S::positions,
          Rule{.help = "concurrent: all positions of a segment run together; sequential: one after another"});
    visit("max_spikes", &S::max_spikes,
          Rule{.help = "st_bif: most spikes a neuron emits in one step", .unit = "spikes", .least = 1, .most = 255});
    visit("refractory", &S::refractory,
          Rule{.help = "st_bif: least time between spikes of a neuron; 0: one step", .unit = "ticks", .most = 65535});
    visit(
        "phase", &S::phase,
        Rule{.help = "when a population starts: so many steps after its inputs; \"complete\": once they are complete; "
                     "\"schedule\": complete under layer_synchronous, else with its inputs",
             .unit = "steps",
             .most = 1024});
    visit("overrides", &S::overrides, Rule{.help = "other neurons or phases for some populations"});
  }
  bool operator==(const ConversionSection&) const = default;
};

struct CalibrationSection {
  CalibrationMethod method = CalibrationMethod::none;
  CalibrationParameters parameters = CalibrationParameters::both;
  CalibrationPhases phases = CalibrationPhases::given;
  std::uint32_t max_wait = 5;
  int group = -1;
  int potential_group = -1;
  std::filesystem::path text;
  std::string separator{default_separator};
  std::size_t segments = 64;
  std::size_t length = 512;
  std::size_t epochs = 10;
  double learning_rate = 5e-4;
  std::size_t batch = 1;

  bool searches_phases() const {
    return phases == CalibrationPhases::searched || method == CalibrationMethod::phase_search;
  }
  /// Its parameters are used, and offsets of steps are among them.
  bool offsets() const {
    return (method == CalibrationMethod::theta_v0 || method == CalibrationMethod::coordinate_search) &&
           (parameters == CalibrationParameters::offset || parameters == CalibrationParameters::all);
  }

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = CalibrationSection;
    visit("method", &S::method,
          Rule{.help = "how thresholds and initial potentials of the spiking network are set, block by block, so that "
                       "its output is that of the dense blocks (docs/calibration.md); theta_v0: by gradient descent "
                       "through all steps; coordinate_search: by trying; threshold_search, potential, offset_spike, "
                       "residual_membrane, bias, local_threshold_balancing: site by site; weights: weights instead, "
                       "as a reference; phase_search: which populations wait, alone"});
    visit(
        "parameters", &S::parameters,
        Rule{.help = "theta_v0, coordinate_search: thresholds, initial potentials, or both; offset: what each step of "
                     "an integer_spiking site adds to its offset; all: all three"});
    visit("phases", &S::phases,
          Rule{.help = "when populations start; given: as conversion says; searched: before the method moves anything "
                       "else, the population of the block waits one step more whose wait lowers the loss most, as long "
                       "as that is by 1 % of it, beyond what conversion says"});
    visit("max_wait", &S::max_wait,
          Rule{.help = "phase_search, phases searched: most steps by which that delays a block",
               .unit = "steps",
               .least = 1,
               .most = 1024});
    visit("group", &S::group,
          Rule{.help = "theta_v0, coordinate_search, local_threshold_balancing: channels that share a threshold; -1: a "
                       "whole site; always a head in q, k, v",
               .unit = "channels",
               .least = -1,
               .most = 1048576});
    visit("potential_group", &S::potential_group,
          Rule{.help = "theta_v0, coordinate_search: channels that share an initial potential; -1: a whole site",
               .unit = "channels",
               .least = -1,
               .most = 1048576});
    visit("text", &S::text, Rule{.help = "UTF-8 text; empty: quantization.calibration.text"});
    visit("separator", &S::separator, Rule{.help = "divides the text into documents"});
    visit("segments", &S::segments,
          Rule{.help = "documents used, chosen by the seed", .unit = "documents", .least = 1, .most = 1000000});
    visit("length", &S::length,
          Rule{.help = "a document is cut at this many positions", .unit = "positions", .least = 2, .most = 1048576});
    visit(
        "epochs", &S::epochs,
        Rule{.help = "theta_v0, local_threshold_balancing, weights: passes over the documents; coordinate_search: over "
                     "the parameters",
             .least = 1,
             .most = 100000});
    visit(
        "learning_rate", &S::learning_rate,
        Rule{.help = "theta_v0, local_threshold_balancing: first step of ln(threshold), and of potentials and offsets "
                     "in thresholds; weights: of weights in levels; decays to 0",
             .least = 0,
             .most = 10,
             .exclusive = true});
    visit(
        "batch", &S::batch,
        Rule{.help = "theta_v0, local_threshold_balancing, weights: documents whose gradients, added up, make a step; "
                     "ranks of mpirun share them",
             .unit = "documents",
             .least = 1,
             .most = 1000000});
  }
  bool operator==(const CalibrationSection&) const = default;
};

struct SimulationSection {
  Executor executor = Executor::event;
  Schedule schedule = Schedule::stepped;
  std::uint32_t ticks_per_step = 1;
  std::uint32_t delay = 0;
  std::uint16_t jitter = 0;
  std::uint32_t hop = 0;
  std::uint32_t mesh_width = 0;
  Horizon horizon = Horizon::steps;
  std::uint32_t readout = 1;

  /// Spikes take time to arrive.
  bool delays() const { return delay > 0 || jitter > 0 || hop > 0; }

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = SimulationSection;
    visit("executor", &S::executor,
          Rule{.help = "event: an event queue; stepped: plain loops over steps. Both give the same bits"});
    visit("schedule", &S::schedule,
          Rule{.help = "stepped: spikes arrive in the step of their emission; timed: at their own tick; "
                       "layer_synchronous: timed, and a population starts when its inputs are complete"});
    visit("ticks_per_step", &S::ticks_per_step,
          Rule{.help = "ticks in a step", .unit = "ticks", .least = 1, .most = 65535});
    visit("delay", &S::delay, Rule{.help = "axonal delay of every projection", .unit = "ticks", .most = 65535});
    visit("jitter", &S::jitter,
          Rule{.help = "largest random delay of a neuron's spikes in a step", .unit = "ticks", .most = 65535});
    visit("hop", &S::hop,
          Rule{.help = "delay per hop between the cores of a 2-D mesh, one population to a core",
               .unit = "ticks",
               .most = 65535});
    visit(
        "mesh_width", &S::mesh_width,
        Rule{.help = "cores in a row of the mesh; 0: the least square that holds all", .unit = "cores", .most = 65535});
    visit(
        "horizon", &S::horizon,
        Rule{.help = "steps: after its T steps a neuron acts only on input that still arrives; quiescence: st_bif goes "
                     "on until nothing is left to emit"});
    visit("readout", &S::readout,
          Rule{.help =
                   "logits are the mean of those after so many of the last steps, of all if there are fewer; 1: those "
                   "of the last state",
               .unit = "steps",
               .least = 1,
               .most = 1024});
  }
  bool operator==(const SimulationSection&) const = default;
};

/// One text to compute the perplexity on.
struct PerplexityTask {
  std::filesystem::path text;
  Protocol protocol = Protocol::documents;
  std::size_t segment = 256;
  std::size_t max_segments = 0;
  std::string separator{default_separator};

  /// The text is a shard of C4: when it is missing, the task is not run and the report says so.
  bool needs_shard() const { return protocol == Protocol::c4 || protocol == Protocol::c4_new; }

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = PerplexityTask;
    visit("text", &S::text, Rule{.help = "UTF-8 text"});
    visit("protocol", &S::protocol,
          Rule{.help = "documents: each document a sequence with BOS, exp(total NLL / predictions); gptq: the "
                       "WikiText-2 rule, non-overlapping segments, exp(mean of segment means); lm_eval: words of "
                       "detokenized pages, rolling windows; llama_cpp: the second half of each segment; c4, c4_new: "
                       "two rules for the first validation shard of C4 (docs/protocols.md)"});
    visit("segment", &S::segment,
          Rule{.help = "length of a segment, BOS included (published figures: gptq, c4, c4_new 2048; llama_cpp 512; "
                       "lm_eval the model's context)",
               .unit = "positions",
               .least = 2,
               .most = 1048576});
    visit("max_segments", &S::max_segments, Rule{.help = "only the first so many; 0: all", .unit = "segments"});
    visit("separator", &S::separator, Rule{.help = "documents: divides the text"});
  }
  bool operator==(const PerplexityTask&) const = default;
};

/// One zero-shot task.
struct ZeroShotTask {
  ZeroShotName task = ZeroShotName::piqa;
  std::filesystem::path path;
  ZeroShotProtocol protocol = ZeroShotProtocol::harness_0_4;
  std::size_t limit = 0;

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = ZeroShotTask;
    visit("task", &S::task, Rule{.help = "which prompts and metrics"});
    visit("path", &S::path, Rule{.help = "its items: JSON Lines in the fields of its Hugging Face data set"});
    visit("protocol", &S::protocol,
          Rule{.help = "harness_0_3: context and continuation encoded apart, no BOS; harness_0_4: together, no BOS; "
                       "harness_0_4_9_2: together, BOS if the vocabulary has one"});
    visit("limit", &S::limit, Rule{.help = "only the first so many; 0: all", .unit = "items"});
  }
  bool operator==(const ZeroShotTask&) const = default;
};

/// True if the task's choices are also compared by log p per character.
inline bool has_acc_norm(ZeroShotName task) {
  return task != ZeroShotName::winogrande && task != ZeroShotName::boolq && task != ZeroShotName::lambada;
}

struct EvaluationSection {
  std::vector<PerplexityTask> perplexity;
  std::vector<ZeroShotTask> zero_shot;
  std::vector<Network> networks{Network::dense, Network::qann, Network::snn};

  /// True if a network is among those that are evaluated.
  bool runs(Network network) const { return std::ranges::find(networks, network) != networks.end(); }

  template <class Visit>
  static void fields(Visit&& visit) {
    visit("perplexity", &EvaluationSection::perplexity,
          Rule{.help = "texts; a text or a zero-shot task is needed to run"});
    visit("zero_shot", &EvaluationSection::zero_shot, Rule{.help = "zero-shot tasks"});
    visit("networks", &EvaluationSection::networks,
          Rule{.help = "which are evaluated: [\"dense\"], [\"dense\", \"qann\"] or all three; each is compared with "
                       "those before it"});
  }
  bool operator==(const EvaluationSection&) const = default;
};

struct RecordSection {
  std::vector<std::string> spikes, drives, potentials;
  bool errors = true;
  bool token_nll = false;
  bool bound = false;

  bool in_hdf5() const { return !spikes.empty() || !drives.empty() || !potentials.empty(); }

  template <class Visit>
  static void fields(Visit&& visit) {
    visit(
        "spikes", &RecordSection::spikes,
        Rule{.help = "populations whose spikes go to spikes.h5, by name: blocks.<k>.<site>; * is any characters, ? is "
                     "one (docs/recording.md)"});
    visit("drives", &RecordSection::drives, Rule{.help = "populations whose drives X(t) go there"});
    visit("potentials", &RecordSection::potentials,
          Rule{.help = "populations whose potentials v(t) go there, in units of the threshold"});
    visit("errors", &RecordSection::errors, Rule{.help = "measure where each population's error comes from"});
    visit("token_nll", &RecordSection::token_nll, Rule{.help = "write token_nll.csv"});
    visit("bound", &RecordSection::bound,
          Rule{.help = "measure what each block adds to the error of the residual stream and by what factor the next "
                       "ones pass it on: the bound of docs/method.md beside the true error"});
  }
  bool operator==(const RecordSection&) const = default;
};

struct EnergySection {
  std::vector<TableName> tables{{"horowitz_45nm"}};

  template <class Visit>
  static void fields(Visit&& visit) {
    visit("tables", &EnergySection::tables, Rule{.help = "cost tables: names in configs/energy, or paths"});
  }
  bool operator==(const EnergySection&) const = default;
};

/// Keys of the experiment and the values that they take, in the order of the file.
struct SweptKeys {
  struct Key {
    std::string name;                 // dotted, as in --set
    std::vector<std::string> values;  // JSON; at least one
    bool operator==(const Key&) const = default;
  };
  std::vector<Key> keys;
  bool operator==(const SweptKeys&) const = default;
};

struct SweepSection {
  SweptKeys grid, zip;

  bool empty() const { return grid.keys.empty() && zip.keys.empty(); }

  template <class Visit>
  static void fields(Visit&& visit) {
    visit("grid", &SweepSection::grid,
          Rule{.help = "keys, dotted as in --set, and lists of the values they take: every combination is a run of "
                       "snnsim sweep (docs/sweeps.md)"});
    visit("zip", &SweepSection::zip,
          Rule{.help = "the same for keys that take their values together: all lists are as long"});
  }
  bool operator==(const SweepSection&) const = default;
};

/// What one run does; the file format of the user and of experiment.json in the run directory.
/// After reading, every path is absolute or empty.
struct Experiment {
  std::string name;
  std::uint64_t seed = 1;
  ModelSection model;
  QuantizationSection quantization;
  ConversionSection conversion;
  CalibrationSection calibration;
  SimulationSection simulation;
  EvaluationSection evaluation;
  RecordSection record;
  EnergySection energy;
  SweepSection sweep;

  /// The spiking network is calibrated after conversion, and on what.
  bool calibrates() const { return calibration.method != CalibrationMethod::none && evaluation.runs(Network::snn); }
  CalibrationText calibration_text() const {
    const bool own = !calibration.text.empty();
    return {.text = own ? calibration.text : quantization.calibration.text,
            .separator = own ? calibration.separator : quantization.calibration.separator,
            .segments = calibration.segments,
            .length = calibration.length};
  }

  template <class Visit>
  static void fields(Visit&& visit) {
    using S = Experiment;
    visit("name", &S::name, Rule{.help = "letters, digits, '.', '_', '-'; empty: the name of the file"});
    visit("seed", &S::seed,
          Rule{.help = "chooses the documents of the calibration, the signs of rotations and the samples of generate"});
    visit("model", &S::model, Rule{.help = "the pretrained model"});
    visit("quantization", &S::quantization, Rule{.help = "the integer network (QANN) that the spikes must equal"});
    visit("conversion", &S::conversion, Rule{.help = "from the QANN to spiking neurons"});
    visit("calibration", &S::calibration, Rule{.help = "of the spiking network, after conversion"});
    visit("simulation", &S::simulation, Rule{.help = "how time runs"});
    visit("evaluation", &S::evaluation, Rule{.help = "what is measured"});
    visit("record", &S::record, Rule{.help = "what is kept"});
    visit("energy", &S::energy, Rule{.help = "what operations cost"});
    visit("sweep", &S::sweep, Rule{.help = "families of runs"});
  }
  bool operator==(const Experiment&) const = default;
};

/// The neuron of a population: that of the last override that matches and names one, else conversion.neuron.
Neuron neuron_of(const ConversionSection& conversion, std::string_view population);
/// The phase of a population likewise.
Phase phase_of(const ConversionSection& conversion, std::string_view population);

/// Throws ConfigurationError for an override, or a population to record, that matches none of `populations`.
void check_names(const Experiment& experiment, const std::vector<std::string>& populations);

}  // namespace snnsim::experiments
