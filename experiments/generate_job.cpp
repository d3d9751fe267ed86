#include "experiments/generate_job.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/error.hpp"
#include "core/random.hpp"
#include "experiments/evaluation/scoring.hpp"
#include "experiments/pipeline.hpp"
#include "experiments/thread_limit.hpp"
#include "models/conversion/spiking_sequence.hpp"

namespace snnsim::experiments {

namespace {

/// The most likely id, or a draw from softmax(logits / temperature).
models::TokenId choose(std::span<const float> logits, double temperature, double uniform) {
  if (temperature <= 0) return static_cast<models::TokenId>(std::ranges::max_element(logits) - logits.begin());
  std::vector<float> scaled(logits.begin(), logits.end());
  for (float& x : scaled) x = static_cast<float>(x / temperature);
  const std::vector<double> p = log_probabilities(scaled);
  double left = uniform;
  for (std::size_t i = 0; i < p.size(); ++i) {
    left -= std::exp(p[i]);
    if (left < 0) return static_cast<models::TokenId>(i);
  }
  return static_cast<models::TokenId>(p.size() - 1);
}

std::uint64_t spikes(const models::SpikingModel& model, const NetworkState& state) {
  std::uint64_t sum = 0;
  for (const NodeId id : model.graph.populations()) sum += state.activity(id).spikes;
  return sum;
}

}  // namespace

void generate_job(const Experiment& experiment, const GenerateOptions& options, const std::atomic<bool>& stop,
                  const std::function<void(const GeneratedToken&)>& emit) {
  const tbb::global_control limit = limit_threads(options.threads);
  const std::unique_ptr<Pipeline> pipeline = build_pipeline(experiment, {.cache = options.cache});
  const models::Tokenizer& tokenizer = *pipeline->opened.tokenizer;
  std::vector<models::TokenId> ids = tokenizer.encode(options.prompt, true);
  if (ids.empty()) ids.push_back(tokenizer.prefix_id());
  const std::size_t context = pipeline->dense().config().context_length;
  if (ids.size() >= context)
    throw ConfigurationError("the prompt fills the model's whole context", "give a shorter --prompt");
  const Lead lead = pipeline->prefix.prefix.lead(ids);
  models::DenseSequence dense(pipeline->dense());
  if (lead.offset == 0) dense.append(std::span(ids).first(lead.own));
  const models::DenseSequence& source = pipeline->prefix.prefix.source(lead, dense);
  models::SpikingSequence sequence(pipeline->spiking, *pipeline->qann.dense, *pipeline->executor);
  sequence.append_prefix(source, lead.positions());
  std::size_t simulated = lead.own;
  for (; simulated + 1 < ids.size(); ++simulated) sequence.append({&ids[simulated], 1});  // the prompt costs apart
  const RandomStream random(options.seed, RandomStream::Purpose::sampling);
  OperationCount operations_before = sequence.state().operations();
  std::uint64_t spikes_before = spikes(pipeline->spiking, sequence.state());
  for (std::size_t n = 0; n < options.tokens && ids.size() < context && !stop; ++n) {
    const auto start = std::chrono::steady_clock::now();
    for (; simulated < ids.size(); ++simulated) sequence.append({&ids[simulated], 1});
    const Matrix<float>& output = ids.size() > lead.own ? sequence.normalised() : source.normalised();
    const std::size_t end = lead.offset + ids.size();
    const Matrix<float> logits = pipeline->dense().logits(output, models::row_range(end - 1, end));
    const models::TokenId next = choose(logits.values(), options.temperature, random.uniform(n));
    if (next == tokenizer.eos() || next == tokenizer.bos()) return;
    const std::string text = tokenizer.decode_piece(ids.back(), next);
    ids.push_back(next);
    const OperationCount operations = sequence.state().operations();
    const std::uint64_t spikes_now = spikes(pipeline->spiking, sequence.state());
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    emit({text, spikes_now - spikes_before, operations - operations_before, spent.count()});
    operations_before = operations;
    spikes_before = spikes_now;
  }
}

}  // namespace snnsim::experiments
