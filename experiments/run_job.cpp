#include "experiments/run_job.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "experiments/pipeline.hpp"
#include "experiments/ranks.hpp"
#include "experiments/thread_limit.hpp"
#include "experiments/zero_shot/evaluate_items.hpp"
#include "models/checkpoint/mapped_pages.hpp"

namespace snnsim::experiments {

namespace {

/// Multiply-accumulates of one position in all decoder blocks.
std::uint64_t block_macs(const models::LlamaConfig& c) {
  const std::uint64_t q = c.heads * c.head_dim, kv = c.kv_heads * c.head_dim;
  return c.blocks * (c.hidden_size * (2 * q + 2 * kv) + 3 * c.hidden_size * c.intermediate_size);
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

/// The part of a job that the first rank does: its share of the items, and keeping what all ranks send.
class Job {
 public:
  Job(const Experiment& experiment, const JobInputs& inputs, const JobWork& work, const RunOptions& options)
      : experiment_(experiment), inputs_(inputs), work_(work), options_(options) {}

  /// False when some items are left: it was stopped.
  bool run(const WorkList& list) {
    for (const WorkItem& item : list.share(0, ranks_.size())) {
      if (options_.stop) break;
      keep(work_.compute(item, [&](double share) { options_.progress.within_segment(share); }));
      while (const std::optional<std::string> message = ranks_.receive(false)) take(*message);
    }
    while (finished_ranks_ + 1 < ranks_.size()) take(*ranks_.receive(true));
    return kept_ == list.items.size();
  }

 private:
  void take(const std::string& message) {
    if (message.empty())
      ++finished_ranks_;
    else
      keep(result_from(message));
  }

  void keep(const WorkResult& result) {
    ++kept_;
    if (result.segment) {
      options_.directory.append(*result.segment, result.tokens);
      return options_.progress.segment_done(*result.segment);
    }
    const ZeroShotResult& chunk = *result.chunk;
    options_.directory.append(chunk);
    options_.progress.chunk_done(
        fmt::format("{}, {} of {} items", name(experiment_.evaluation.zero_shot[chunk.task].task),
                    chunk.chunk * zero_shot_chunk + chunk.items, inputs_.zero_shot[chunk.task].size()));
  }

  const Experiment& experiment_;
  const JobInputs& inputs_;
  const JobWork& work_;
  const RunOptions& options_;
  Ranks& ranks_ = Ranks::world();
  std::size_t kept_ = 0, finished_ranks_ = 0;
};

/// What is not in the run directory yet.
WorkList unfinished(const JobInputs& inputs, const RunDirectory& directory) {
  WorkList list{std::filesystem::absolute(directory.path()), {}};
  for (const WorkItem& item : work_of(inputs)) {
    const bool done =
        item.zero_shot ? directory.finished_chunk(item.group, item.index) : directory.finished(item.group, item.index);
    if (!done) list.items.push_back(item);
  }
  return list;
}

/// The calibration examples, shared by the ranks.
class RankShare final : public models::ExampleShare {
 public:
  std::size_t rank() const override { return Ranks::world().rank(); }
  std::size_t size() const override { return Ranks::world().size(); }
  std::vector<std::vector<double>> gather(std::vector<double> own) const override { return Ranks::world().gather(own); }
};

constexpr const char* calibration_name = "calibration.json";

}  // namespace

MemoryPlan job_memory(const Experiment& experiment, const JobInputs& inputs, const JobSetting& setting) {
  const Segment* longest = longest_segment(inputs);
  const std::size_t in_front = experiment.quantization.prefix_tokens.ids.size();
  return plan_memory(experiment, inputs, longest == nullptr ? 0 : longest->inputs() + in_front,
                     thread_count(setting.threads), setting.keeps_quantized);
}

JobPlan plan_job(const Experiment& experiment, const JobInputs& inputs, const JobSetting& setting) {
  const tbb::global_control limit = limit_threads(setting.threads);
  models::limit_mapped_pages(resident_weights);
  const models::LlamaConfig& config = inputs.opened.dense->config();
  const Segment* longest = longest_segment(inputs);
  JobPlan plan{.memory = job_memory(experiment, inputs, setting),
               .segments = inputs.segments(),
               .chunks = inputs.chunks(),
               .positions = inputs.positions()};
  const EvaluationSection& evaluation = experiment.evaluation;
  if (longest == nullptr) return plan;
  const std::uint64_t macs = block_macs(config), timesteps = experiment.conversion.timesteps;
  if (evaluation.runs(Network::snn))
    plan.synaptic_operations = plan.positions * macs * timesteps;  // at most: every neuron spikes at every step
  plan.time = plan_time(experiment, inputs, *longest);
  return plan;
}

RunOutcome run_job(const Experiment& experiment, JobInputs inputs, const RunOptions& options) {
  const tbb::global_control limit = limit_threads(options.threads);
  models::limit_mapped_pages(resident_weights);
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
  const WorkList list = unfinished(inputs, options.directory);
  if (list.items.empty()) return outcome;
  const std::unique_ptr<Pipeline> pipeline =
      build_pipeline(experiment, std::move(inputs.opened), inputs.calibration,
                     {.stage = stage,
                      .cache = options.cache,
                      .quantized = [&] { Ranks::world().from_first(to_message(list)); },
                      .calibration_file = options.directory.path() / calibration_name,
                      .share = std::make_shared<RankShare>(),
                      .stop = &options.stop});
  outcome.interrupted = pipeline == nullptr;
  if (outcome.interrupted) return outcome;
  if (experiment.evaluation.runs(Network::qann))
    options.directory.note(pipeline->qann_source, pipeline->prefix, pipeline->rotation);
  options.progress.start(work_of(inputs).size(), experiment.conversion.timesteps, options.directory.results(),
                         options.directory.zero_shot_results().size());
  const JobWork work(experiment, inputs, *pipeline, list.directory);
  outcome.interrupted = !Job(experiment, inputs, work, options).run(list);
  return outcome;
}

void share_job(const Experiment& experiment, const WorkList& list, const SharedOptions& options) {
  const tbb::global_control limit = limit_threads(options.threads);
  models::limit_mapped_pages(resident_weights);
  Ranks& ranks = Ranks::world();
  JobInputs inputs = open_inputs(experiment);
  const std::unique_ptr<Pipeline> pipeline = build_pipeline(experiment, std::move(inputs.opened), inputs.calibration,
                                                            {.cache = options.cache,
                                                             .calibration_file = list.directory / calibration_name,
                                                             .share = std::make_shared<RankShare>(),
                                                             .stop = &options.stop});
  if (pipeline == nullptr) return;  // all were stopped
  const JobWork work(experiment, inputs, *pipeline, list.directory);
  for (const WorkItem& item : list.share(ranks.rank(), ranks.size())) {
    if (options.stop) break;
    ranks.send(to_message(work.compute(item)));
  }
  ranks.send({});
}

}  // namespace snnsim::experiments
