#include "experiments/memory_plan.hpp"

#include <algorithm>

#include "core/kernels/integer_weights.hpp"
#include "core/simulation/layered_run.hpp"
#include "experiments/evaluation/arrival_probe.hpp"
#include "experiments/evaluation/scoring.hpp"
#include "experiments/glob.hpp"
#include "experiments/machine.hpp"
#include "experiments/pipeline.hpp"
#include "experiments/recording/column.hpp"
#include "models/quantization/probability_samples.hpp"

namespace snnsim::experiments {

namespace {

using models::LlamaConfig;
using models::Site;

constexpr std::uint64_t kFloat = sizeof(float), kCount = sizeof(std::int16_t), kWord = sizeof(std::int32_t);
// AdamW holds four doubles of a tuned weight, its gradient comes in fp32 and fp64, and it is rounded and packed.
constexpr std::uint64_t kTunedWeight = 48;

/// Widths of everything in a decoder.
struct Widths {
  std::uint64_t hidden, query, key, inner, blocks;
  std::uint64_t sites = 0, padded_sites = 0;  // of a block
  std::uint64_t widest;                       // input of a product

  explicit Widths(const LlamaConfig& c)
      : hidden(c.hidden_size),
        query(width(c, Site::q)),
        key(width(c, Site::k)),
        inner(c.intermediate_size),
        blocks(c.blocks),
        widest(std::max(inner, std::max(hidden, query))) {
    for (const Site site : models::kAllSites) {
      sites += width(c, site);
      padded_sites += padded_inputs(width(c, site));
    }
  }
};

/// bytes_of(out, in) of all matrices of a block.
template <typename BytesOf>
std::uint64_t block_weights(const Widths& w, const BytesOf& bytes_of) {
  return bytes_of(w.query, w.hidden) + 2 * bytes_of(w.key, w.hidden) + bytes_of(w.hidden, w.query) +
         2 * bytes_of(w.inner, w.hidden) + bytes_of(w.hidden, w.inner);
}

/// IntegerWeights with their row sums and scales.
std::uint64_t quantized_weights(const QuantizationSection& quantization, const Widths& w) {
  const bool multiplied = quantization.group > 0;  // levels times multiples
  const WeightFormat narrowest = multiplied ? WeightFormat::bytes : format_for(quantization.weight_bits);
  return w.blocks * block_weights(w, [&](std::uint64_t out, std::uint64_t in) {
           const WeightFormat format = IntegerWeights::working_format(out, in, narrowest);
           return IntegerWeights::packed_bytes(out, in, format) + IntegerWeights::interleaved_bytes(out, in) +
                  out * (kWord + kFloat);
         });
}

/// The matrices of a block in rotated coordinates; none without a rotation.
std::uint64_t rotated_block(const QuantizationSection& quantization, const Widths& w) {
  if (quantization.rotation == Rotation::none) return 0;
  return block_weights(w, [](std::uint64_t out, std::uint64_t in) { return out * in * kFloat; });
}

/// What products of the QANN read besides the checkpoint. Rotated weights that are not quantized are kept in fp32.
std::uint64_t product_weights(const QuantizationSection& quantization, const Widths& w) {
  if (quantization.weight_bits == bits_off) return w.blocks * rotated_block(quantization, w);
  return quantized_weights(quantization, w);
}

/// What one block computes on its way (BlockBuffers).
std::uint64_t buffers(const Widths& w) {
  return (2 * w.hidden + 2 * w.query + 2 * w.key + 2 * w.inner) * kFloat;
}

/// DenseSequence, and QuantizedSequence but for its counts: hidden states, read-out, caches, buffers.
std::uint64_t sequence(const Widths& w) {
  return (2 * w.hidden + w.blocks * 2 * w.key) * kFloat + buffers(w);
}

/// NetworkState: a value per node; accumulators of products, and with delays their inputs' counts; accumulators and
/// spikes of populations.
std::uint64_t network_state(const Widths& w, bool integers, std::uint64_t state_words) {
  const std::uint64_t products = w.query + 2 * w.key + w.hidden + 2 * w.inner + w.hidden;
  const std::uint64_t accumulators =
      padded_outputs(w.query) + 2 * padded_outputs(w.key) + 2 * padded_outputs(w.hidden) + 2 * padded_outputs(w.inner);
  const std::uint64_t operators = 4 * w.hidden + w.query + w.key + w.query + w.inner;  // norms, sums, RoPE, attention
  const std::uint64_t read = integers ? w.query + 2 * w.key : w.sites;  // populations whose values operators read
  const std::uint64_t block = (products + operators + read) * kFloat + (integers ? accumulators : 0) * kWord +
                              w.sites * state_words * kWord + w.padded_sites * kCount;
  return w.blocks * block + 3 * w.hidden * kFloat;  // the source and its input, the last norm
}

/// Neurons of the optional sites at one position: probabilities of a block, and all of them.
struct OptionalWidths {
  std::uint64_t probs = 0, all = 0;

  OptionalWidths(const QuantizationSection& quantization, const LlamaConfig& c) {
    if (quantization.quantizes(OptionalSite::probs)) probs = c.heads * c.context_length;
    all = c.blocks * probs + (quantization.quantizes(OptionalSite::final_in) ? c.hidden_size : 0);
  }
};

/// Spikes on their way, at most: a volley of each population per step that one travels.
std::uint64_t in_flight(const Widths& w, const SimulationSection& simulation) {
  if (!simulation.delays()) return 0;
  const std::uint64_t ticks = simulation.delay + simulation.jitter;
  return w.blocks * w.padded_sites * kCount * (1 + ticks / simulation.ticks_per_step);
}

/// Frames of run_in_layers(): most are alive when SwiGLU is computed (residual stream, gate, up and their product) or
/// attention (residual stream, q, k, v and the result), with the counts that synapses received.
std::uint64_t frames(const Widths& w, const Experiment& experiment, std::uint64_t positions) {
  if (experiment.simulation.delays() || experiment.simulation.executor == Executor::stepped) return 0;
  const std::uint64_t steps =
      std::min<std::uint64_t>(experiment.conversion.timesteps, steps_at_once(w.widest, positions));
  return steps * positions * (w.hidden + 4 * w.widest) * kFloat;
}

/// HDF5 takes about 5 MiB for itself, and each open dataset 32 KiB besides the chunk that is held back: measured.
std::uint64_t recorder(const Experiment& experiment, const LlamaConfig& c) {
  constexpr std::uint64_t library = std::uint64_t{5} << 20U, dataset = hdf5::kChunkBytes + (std::uint64_t{32} << 10U);
  const RecordSection& record = experiment.record;
  std::uint64_t columns = 0;
  for (const std::string& name : population_names(experiment, c))
    columns += (glob_match_any(record.spikes, name) ? 5 : 0) + (glob_match_any(record.drives, name) ? 4 : 0) +
               (glob_match_any(record.potentials, name) ? 4 : 0);
  return columns == 0 ? 0 : library + columns * dataset;
}

std::uint64_t scoring(const LlamaConfig& c, std::size_t networks, std::size_t positions, std::size_t threads) {
  return networks * (std::min(positions, scored_at_once) * c.vocabulary_size * kFloat +
                     threads * c.vocabulary_size * sizeof(double)) +
         2 * positions * c.hidden_size * kFloat;
}

std::uint64_t segment_bytes(const Experiment& experiment, const LlamaConfig& c, std::uint64_t positions,
                            std::size_t threads) {
  const Widths w(c);
  const EvaluationSection& evaluation = experiment.evaluation;
  const std::uint64_t product_input = w.widest * kFloat;  // turned for the kernels
  std::uint64_t per_position = sequence(w) + product_input;
  if (evaluation.runs(Network::qann))
    per_position +=
        sequence(w) + w.padded_sites * kCount + OptionalWidths(experiment.quantization, c).probs * (kFloat + kCount);
  std::uint64_t once = scoring(c, evaluation.networks.size(), positions, threads);
  if (evaluation.runs(Network::snn)) {
    const OptionalWidths optional(experiment.quantization, c);
    per_position += optional.all * (2 * kFloat + kWord + 2 * kCount);  // probabilities and values, state, both counts
    if (experiment.record.errors) per_position += optional.all * kFloat;
    const bool integers = experiment.quantization.weight_bits != bits_off;
    const std::uint64_t words = experiment.conversion.neuron == Neuron::integrate_and_fire ? 2 : 1;
    per_position += w.blocks * w.padded_sites * kCount;  // counts of the QANN
    per_position += network_state(w, integers, words) + in_flight(w, experiment.simulation);
    once += recorder(experiment, c) + frames(w, experiment, positions);
  }
  if (const std::uint64_t averaged = experiment.simulation.readout; evaluation.runs(Network::snn) && averaged > 1)
    per_position += (averaged + 2) * w.hidden * kFloat;  // the output after each of these steps, and the mean
  if (evaluation.runs(Network::snn) && experiment.record.bound) {
    per_position += 6 * w.hidden * kFloat + 2 * w.key * kFloat + buffers(w) + w.sites * (kWord + 2 * kCount);
    once += rotated_block(experiment.quantization, w);
  }
  if (evaluation.runs(Network::snn) && experiment.record.errors) {
    per_position += w.blocks * w.sites * kFloat;  // sites of the dense model
    const std::size_t points = arrival_steps(static_cast<std::uint32_t>(experiment.conversion.timesteps)).size() + 1;
    once += std::min<std::uint64_t>(positions, ArrivalProbe::kMostPositions) * points * w.blocks * w.sites * kFloat;
    once += rotated_block(experiment.quantization, w);  // the dense model once more, in these coordinates
  }
  return positions * per_position + once;
}

/// What rounding with feedback holds besides: hidden states, second moments of the inputs of products, and the larger
/// of a factor of them and a matrix (its weights and errors, the levels of two attempts).
std::uint64_t feedback_bytes(std::uint64_t tokens, const Widths& w) {
  const auto square = [](std::uint64_t width) { return width * width * kFloat; };
  const std::uint64_t moments = 2 * square(w.hidden) + square(w.query) + square(w.inner);
  const std::uint64_t rounding = square(w.inner) + w.hidden * w.inner * (2 * kFloat + 2);
  return tokens * w.hidden * kFloat + std::max({moments + square(w.hidden), 2 * square(w.inner), rounding});
}

std::uint64_t quantizing_bytes(const QuantizationSection& quantization, const std::vector<TokenIds>& calibration,
                               const LlamaConfig& c) {
  const Widths w(c);
  std::uint64_t tokens = 0, longest = 0;
  for (const TokenIds& sequence : calibration) {
    tokens += sequence.size();
    longest = std::max<std::uint64_t>(longest, sequence.size());
  }
  const std::uint64_t pass = longest * (buffers(w) + (2 * w.key + w.widest) * kFloat);
  const std::uint64_t activations = quantization.measures_activations() ? tokens * (w.hidden + w.sites) * kFloat : 0;
  const std::uint64_t outliers = quantization.prefix_tokens.search ? tokens * w.hidden * kFloat : 0;
  const std::uint64_t reference =
      quantization.searches_rotation() ? tokens * w.hidden * kFloat + longest * 2 * sequence(w) : 0;
  const std::uint64_t probabilities =
      quantization.quantizes(OptionalSite::probs) && quantization.activation_bits != bits_off
          ? c.heads * kFloat *
                (longest * longest + std::min<std::uint64_t>(tokens * longest, models::ProbabilitySamples::kMostOfHead))
          : 0;
  return pass + std::max(activations, outliers) + probabilities + reference + rotated_block(quantization, w) +
         (quantization.weighs_inputs() ? feedback_bytes(tokens, w) : 0);
}

/// Steps by which a block of the network that is calibrated puts out later than it receives.
std::uint32_t longest_lag(const Experiment& experiment, const LlamaConfig& c) {
  std::uint32_t longest = 0;
  for (std::size_t k = 0; k < c.blocks; ++k) {
    models::BlockPhases phases{};
    for (const models::Site site : models::kAllSites)
      at(phases, site) = start_phase(experiment, models::population_name(k, site))
                             .value_or(static_cast<std::uint32_t>(experiment.conversion.timesteps));
    longest = std::max(longest, models::lag(phases));
  }
  return longest + (experiment.calibration.searches_phases() ? experiment.calibration.max_wait : 0);
}

/// What descends on the loss of a block, if anything does.
enum class Descends { nothing, steps, weights };

/// What going through the blocks one by one with spikes holds: the spiking stream after each step, the dense stream and
/// its target for every sequence; copies of the stream, and buffers, of those that run at once; for the gradient all
/// steps of those of a batch that do, which come `lag` steps later, and the transposed weights of a block; and what a
/// descent keeps of each weight, where weights descend.
std::uint64_t block_by_block(const QuantizationSection& quantization, const std::vector<TokenIds>& calibration,
                             const Widths& w, std::size_t threads, std::uint64_t steps, std::uint64_t lag,
                             Descends descends, std::size_t batch) {
  std::uint64_t tokens = 0, longest = 0;
  for (const TokenIds& sequence : calibration) {
    tokens += sequence.size();
    longest = std::max<std::uint64_t>(longest, sequence.size());
  }
  const std::uint64_t state = w.sites * (kWord + 2 * kCount);
  const std::uint64_t running =
      std::min<std::uint64_t>(threads, calibration.size()) * longest * (steps * w.hidden * kFloat + buffers(w) + state);
  const std::uint64_t record = w.sites * (2 * kFloat + 1) + (w.hidden + 2 * w.inner) * kFloat;
  const std::uint64_t transposed =
      block_weights(w, [](std::uint64_t out, std::uint64_t in) { return out * in * kFloat; });
  const std::uint64_t streams = tokens * (steps + 2) * w.hidden * kFloat + rotated_block(quantization, w);
  if (descends == Descends::nothing) return streams + running;
  const std::uint64_t together = std::min<std::uint64_t>({threads, batch, calibration.size()});
  return streams + std::max(running, together * (longest * (steps + lag) * record + running / threads)) + transposed +
         (descends == Descends::weights ? transposed / kFloat * kTunedWeight : 0);
}

std::uint64_t calibrating_bytes(const Experiment& experiment, const std::vector<TokenIds>& calibration,
                                const LlamaConfig& c, std::size_t threads) {
  if (!experiment.calibrates()) return 0;
  const CalibrationMethod method = experiment.calibration.method;
  const Descends descends = method == CalibrationMethod::weights    ? Descends::weights
                            : method == CalibrationMethod::theta_v0 ? Descends::steps
                                                                    : Descends::nothing;
  return block_by_block(experiment.quantization, calibration, Widths(c), threads, experiment.conversion.timesteps,
                        longest_lag(experiment, c), descends, experiment.calibration.batch);
}

/// The larger of quantizing, and of tuning steps afterwards. A model that is tuned, or one of a trial, is not mapped
/// even if the one that is taken is `kept`.
std::uint64_t quantizing_bytes(const Experiment& experiment, const std::vector<TokenIds>& calibration,
                               const LlamaConfig& c, std::size_t threads, bool kept) {
  const QuantizationSection& quantization = experiment.quantization;
  const bool unmapped = kept && (quantization.searches_rotation() || quantization.tunes());
  return (unmapped ? product_weights(quantization, Widths(c)) : 0) +
         std::max(quantizing_bytes(quantization, calibration, c),
                  quantization.tunes()
                      ? block_by_block(quantization, calibration, Widths(c), threads, 1, 0, Descends::steps, 1)
                      : 0);
}

/// A block, or the embedding and the LM head, which are checked one after the other.
std::uint64_t largest_piece(const models::Checkpoint& checkpoint) {
  std::uint64_t blocks = 0;
  for (const models::BlockWeights& block : checkpoint.blocks)
    for (const models::MatrixName name : models::kAllMatrices) blocks += models::tensor(block, name).byte_size();
  return std::max<std::uint64_t>(blocks / std::max<std::size_t>(1, checkpoint.blocks.size()),
                                 checkpoint.embedding.byte_size() + checkpoint.lm_head.byte_size());
}

}  // namespace

MemoryPlan plan_memory(const Experiment& experiment, const JobInputs& inputs, std::size_t positions,
                       std::size_t threads, bool kept) {
  const LlamaConfig& c = inputs.opened.dense->config();
  const models::Checkpoint& checkpoint = inputs.opened.dense->checkpoint();
  const bool quantized = experiment.evaluation.runs(Network::qann);
  return {.program = resident_bytes(),
          .model = checkpoint.bytes(),
          .weights = quantized ? product_weights(experiment.quantization, Widths(c)) : 0,
          .weights_mapped = kept && experiment.quantization.weight_bits != bits_off,
          .piece = largest_piece(checkpoint),
          .quantizing = quantized ? quantizing_bytes(experiment, inputs.calibration.quantizer, c, threads, kept) : 0,
          .calibrating = calibrating_bytes(experiment, inputs.calibration.calibrator, c, threads),
          .segment = segment_bytes(experiment, c, positions, threads)};
}

}  // namespace snnsim::experiments
