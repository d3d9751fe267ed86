#include "experiments/run_job.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "experiments/evaluation/evaluate_segment.hpp"
#include "experiments/pipeline.hpp"
#include "experiments/recording/recording.hpp"
#include "experiments/recording/segment_recorder.hpp"
#include "experiments/thread_limit.hpp"
#include "experiments/zero_shot/evaluate_items.hpp"

namespace snnsim::experiments {

namespace {

/// Multiply-accumulates of one position in all decoder blocks.
std::uint64_t block_macs(const models::LlamaConfig& c) {
  const std::uint64_t q = c.heads * c.head_dim, kv = c.kv_heads * c.head_dim;
  return c.blocks * (c.hidden_size * (2 * q + 2 * kv) + 3 * c.hidden_size * c.intermediate_size);
}

/// Seconds that the dense model takes for one position, measured on the first of the segments.
double dense_seconds_per_position(const models::DenseModel& dense, const Segment& segment) {
  const std::span<const models::TokenId> tokens =
      std::span(segment.ids).first(std::min<std::size_t>(segment.inputs(), 64));
  const auto start = std::chrono::steady_clock::now();
  models::DenseSequence(dense).append(tokens);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  return spent.count() / static_cast<double>(tokens.size());
}

/// The longest sequence of a job; null if there is none.
const Segment* longest_segment(const JobInputs& inputs) {
  const Segment* longest = nullptr;
  const auto look_at = [&](const Segment& segment) {
    if (longest == nullptr || segment.inputs() > longest->inputs()) longest = &segment;
  };
  for (const auto& text : inputs.texts) std::ranges::for_each(text, look_at);
  for (const auto& items : inputs.zero_shot)
    for (const EncodedItem& item : items) std::ranges::for_each(item.requests, look_at);
  return longest;
}

/// One job on its way through its run directory.
class Job {
 public:
  Job(const Experiment& experiment, const JobInputs& inputs, const Pipeline& pipeline, const RunOptions& options)
      : experiment_(experiment), inputs_(inputs), pipeline_(pipeline), options_(options) {}

  /// False when it was stopped.
  bool run() {
    for (std::size_t text = 0; text < inputs_.texts.size(); ++text)
      for (std::size_t segment = 0; segment < inputs_.texts[text].size(); ++segment) {
        if (options_.directory.finished(text, segment)) continue;
        if (options_.stop) return false;
        run_segment(text, segment);
      }
    for (std::size_t task = 0; task < inputs_.zero_shot.size(); ++task)
      for (std::size_t chunk = 0; chunk < inputs_.chunks(task); ++chunk) {
        if (options_.directory.finished_chunk(task, chunk)) continue;
        if (options_.stop) return false;
        run_chunk(task, chunk);
      }
    return true;
  }

 private:
  void run_segment(std::size_t text, std::size_t segment) {
    std::vector<TokenLikelihood> tokens;
    std::optional<SegmentRecorder> recorder = recorder_of(text, segment);
    SegmentResult result = evaluate_segment(pipeline_, experiment_, inputs_.texts[text][segment],
                                            {.tokens = experiment_.record.token_nll ? &tokens : nullptr,
                                             .recorder = recorder ? &*recorder : nullptr,
                                             .share = [&](double share) { options_.progress.within_segment(share); }});
    result.text = text;
    result.segment = segment;
    if (recorder) recorder->finish();
    options_.directory.append(result, tokens);
    options_.progress.segment_done(result);
  }

  std::optional<SegmentRecorder> recorder_of(std::size_t text, std::size_t segment) const {
    if (!experiment_.record.in_hdf5()) return {};
    std::size_t index = segment;
    for (std::size_t before = 0; before < text; ++before) index += inputs_.texts[before].size();
    const Segment& recorded_segment = inputs_.texts[text][segment];
    const Lead lead = pipeline_.prefix.prefix.lead(std::span(recorded_segment.ids).first(recorded_segment.inputs()));
    const RecordedSegment recorded{.run = options_.directory.path().filename().string(),
                                   .index = static_cast<std::uint32_t>(index),
                                   .text = static_cast<std::uint32_t>(text),
                                   .segment = static_cast<std::uint32_t>(segment),
                                   .first = static_cast<std::uint32_t>(lead.positions()),
                                   .positions = static_cast<std::uint32_t>(lead.offset + recorded_segment.inputs())};
    return std::make_optional<SegmentRecorder>(pipeline_.spiking.graph, experiment_, recorded,
                                               Recording(options_.directory.path()).part(text, segment));
  }

  void run_chunk(std::size_t task, std::size_t chunk) {
    const std::span<const EncodedItem> items = inputs_.zero_shot[task];
    const std::size_t first = chunk * zero_shot_chunk;
    ZeroShotResult result =
        evaluate_items(pipeline_, experiment_, items.subspan(first, std::min(zero_shot_chunk, items.size() - first)));
    result.task = task;
    result.chunk = chunk;
    options_.directory.append(result);
    options_.progress.chunk_done(fmt::format("{}, {} of {} items", name(experiment_.evaluation.zero_shot[task].task),
                                             first + result.items, items.size()));
  }

  const Experiment& experiment_;
  const JobInputs& inputs_;
  const Pipeline& pipeline_;
  const RunOptions& options_;
};

}  // namespace

std::size_t dense_passes(const Experiment& experiment) {
  const EvaluationSection& evaluation = experiment.evaluation;
  return evaluation.networks.size() + 1 + (evaluation.runs(Network::snn) ? experiment.conversion.timesteps : 0);
}

MemoryPlan job_memory(const Experiment& experiment, const JobInputs& inputs, std::size_t threads) {
  const Segment* longest = longest_segment(inputs);
  const std::size_t in_front = experiment.quantization.prefix_tokens.ids.size();
  return plan_memory(experiment, inputs, longest == nullptr ? 0 : longest->inputs() + in_front, thread_count(threads));
}

JobPlan plan_job(const Experiment& experiment, const JobInputs& inputs, std::size_t threads) {
  const tbb::global_control limit = limit_threads(threads);
  const models::DenseModel& dense = *inputs.opened.dense;
  const models::LlamaConfig& config = dense.config();
  const Segment* longest = longest_segment(inputs);
  JobPlan plan{.memory = job_memory(experiment, inputs, threads),
               .segments = inputs.segments(),
               .chunks = inputs.chunks(),
               .positions = inputs.positions()};
  const EvaluationSection& evaluation = experiment.evaluation;
  if (longest == nullptr) return plan;
  const std::uint64_t macs = block_macs(config), timesteps = experiment.conversion.timesteps;
  if (evaluation.runs(Network::snn))
    plan.synaptic_operations = plan.positions * macs * timesteps;  // at most: every neuron spikes at every step
  plan.passes = dense_passes(experiment);
  plan.seconds = dense_seconds_per_position(dense, *longest) * static_cast<double>(plan.positions) *
                 static_cast<double>(plan.passes);
  return plan;
}

RunOutcome run_job(const Experiment& experiment, JobInputs inputs, const RunOptions& options) {
  const tbb::global_control limit = limit_threads(options.threads);
  const auto stage = [&](const std::string& what) {
    options.progress.stage(what);
    options.directory.log(what);
  };
  std::vector<std::size_t> segments, chunks;
  for (const auto& text : inputs.texts) segments.push_back(text.size());
  for (std::size_t task = 0; task < inputs.zero_shot.size(); ++task) chunks.push_back(inputs.chunks(task));
  options.directory.expect(segments, chunks);
  for (const PerplexityTask& task : experiment.evaluation.perplexity)
    if (const std::string why = why_not_run(task); !why.empty()) stage(why);
  const bool spiking = experiment.evaluation.runs(Network::snn);
  RunOutcome outcome{.equality_required = spiking && is_exact(experiment, inputs.opened.dense->config())};
  const std::vector<SegmentResult> done = options.directory.results();
  const std::size_t chunks_done = options.directory.zero_shot_results().size();
  const std::size_t total = inputs.segments() + inputs.chunks();
  if (done.size() + chunks_done == total) return outcome;
  const std::unique_ptr<Pipeline> pipeline =
      build_pipeline(experiment, std::move(inputs.opened), inputs.calibration,
                     {.stage = stage,
                      .cache = options.cache,
                      .calibration_file = options.directory.path() / "calibration.json",
                      .stop = &options.stop});
  outcome.interrupted = pipeline == nullptr;
  if (outcome.interrupted) return outcome;
  if (experiment.evaluation.runs(Network::qann)) options.directory.note(pipeline->qann_source, pipeline->prefix);
  options.progress.start(total, experiment.conversion.timesteps, done, chunks_done);
  outcome.interrupted = !Job(experiment, inputs, *pipeline, options).run();
  return outcome;
}

}  // namespace snnsim::experiments
