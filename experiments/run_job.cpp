#include "experiments/run_job.hpp"

#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>

#include "experiments/evaluation/evaluate_segment.hpp"
#include "experiments/pipeline.hpp"

namespace snnsim::experiments {

namespace {

tbb::global_control limit_threads(std::size_t threads) {
  const std::size_t all = std::max(1U, std::thread::hardware_concurrency());
  return {tbb::global_control::max_allowed_parallelism, threads == 0 ? all : threads};
}

/// Multiply-accumulates of one position in all decoder blocks.
std::uint64_t block_macs(const models::LlamaConfig& c) {
  const std::uint64_t q = c.heads * c.head_dim, kv = c.kv_heads * c.head_dim;
  return c.blocks * (c.hidden_size * (2 * q + 2 * kv) + 3 * c.hidden_size * c.intermediate_size);
}

/// Bytes that one position of one segment holds in the dense, quantized and spiking run together: sites kept for the
/// error anatomy, counts, accumulators, values, and the watched drives.
std::uint64_t bytes_per_position(const models::LlamaConfig& c) {
  std::uint64_t site_channels = 0;
  for (const models::Site site : models::kAllSites) site_channels += models::width(c, site);
  const std::uint64_t products =
      2 * c.heads * c.head_dim + 2 * c.kv_heads * c.head_dim + 2 * c.hidden_size + 2 * c.intermediate_size;
  constexpr std::uint64_t per_site = 4 + 2 + (4 + 2 + 4) + 4, per_product = 4 + 4;
  return c.blocks * (site_channels * per_site + products * per_product + 4 * c.hidden_size * 4);
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

}  // namespace

JobPlan plan_job(const Experiment& experiment, const JobInputs& inputs, std::size_t threads) {
  const tbb::global_control limit = limit_threads(threads);
  const models::DenseModel& dense = *inputs.opened.dense;
  const models::LlamaConfig& config = dense.config();
  JobPlan plan{
      .model_bytes = dense.checkpoint().bytes(), .segments = inputs.segments(), .positions = inputs.positions()};
  std::uint64_t longest = 0;
  for (const auto& text : inputs.texts)
    for (const Segment& segment : text) longest = std::max<std::uint64_t>(longest, segment.inputs());
  const std::uint64_t macs = block_macs(config), timesteps = experiment.conversion.timesteps;
  plan.synaptic_operations = plan.positions * macs * timesteps;  // at most: every neuron spikes at every step
  const bool integers = experiment.quantization.weight_bits != bits_off;
  plan.peak_bytes = plan.model_bytes + (integers ? macs : 0) + longest * bytes_per_position(config) +
                    3 * 32 * config.vocabulary_size * 4;
  if (plan.segments == 0) return plan;
  const auto& first = *std::ranges::find_if(inputs.texts, [](const auto& segments) { return !segments.empty(); });
  // Dense, QANN, T steps and the scoring of three outputs each cost about one dense pass.
  plan.seconds = dense_seconds_per_position(dense, first.front()) * static_cast<double>(plan.positions) *
                 static_cast<double>(timesteps + 4);
  return plan;
}

RunOutcome run_job(const Experiment& experiment, JobInputs inputs, const RunOptions& options) {
  const tbb::global_control limit = limit_threads(options.threads);
  const auto stage = [&](const std::string& what) {
    options.progress.stage(what);
    options.directory.log(what);
  };
  std::vector<std::size_t> counts;
  for (const auto& segments : inputs.texts) counts.push_back(segments.size());
  options.directory.expect(counts);
  for (const PerplexityTask& task : experiment.evaluation.perplexity)
    if (const std::string why = why_not_run(task); !why.empty()) stage(why);
  RunOutcome outcome{.equality_required = is_exact(experiment, inputs.opened.dense->config())};
  if (options.directory.results().size() == inputs.segments()) return outcome;
  const std::unique_ptr<Pipeline> pipeline =
      build_pipeline(experiment, std::move(inputs.opened), inputs.calibration, stage);
  options.progress.start(inputs.segments(), experiment.conversion.timesteps, options.directory.results());
  for (std::size_t text = 0; text < inputs.texts.size(); ++text)
    for (std::size_t segment = 0; segment < inputs.texts[text].size(); ++segment) {
      if (options.directory.finished(text, segment)) continue;
      if (options.stop) {
        outcome.interrupted = true;
        return outcome;
      }
      std::vector<TokenLikelihood> tokens;
      SegmentResult result = evaluate_segment(*pipeline, experiment, inputs.texts[text][segment],
                                              experiment.record.token_nll ? &tokens : nullptr, nullptr);
      result.text = text;
      result.segment = segment;
      options.directory.append(result, tokens);
      options.progress.segment_done(result);
    }
  return outcome;
}

}  // namespace snnsim::experiments
