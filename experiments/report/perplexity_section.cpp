#include "experiments/perplexity.hpp"
#include "experiments/report/number.hpp"
#include "experiments/report/sections.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// What the segments of one text add up to.
struct TextScore {
  Perplexity dense, qann, snn;
  double kl_dense_snn = 0, kl_qann_snn = 0;

  void add(const SegmentResult& result) {
    dense.add(result.dense, result.tokens, result.words);
    qann.add(result.qann, result.tokens, result.words);
    snn.add(result.snn, result.tokens, result.words);
    kl_dense_snn += result.kl_dense_snn;
    kl_qann_snn += result.kl_qann_snn;
  }
};

/// True if the run found nothing to simulate in a text: a C4 shard that was missing.
bool not_run(const StoredRun& run, std::size_t text) {
  const auto segments = run.manifest.find("segments");
  return segments != run.manifest.end() && segments->is_array() && text < segments->size() && segments->at(text) == 0;
}

ordered_json to_json(const PerplexityTask& task, const TextScore& score) {
  const auto tokens = static_cast<double>(score.snn.tokens());
  const auto error = [&](const Perplexity& of) { return number(of.standard_error(task.protocol)); };
  return {{"text", task.text.string()},
          {"protocol", name(task.protocol)},
          {"segment", task.segment},
          {"segments", score.snn.segments()},
          {"tokens", score.snn.tokens()},
          {"dense", number(score.dense.value(task.protocol))},
          {"qann", number(score.qann.value(task.protocol))},
          {"snn", number(score.snn.value(task.protocol))},
          {"standard_error", error(score.snn)},
          {"standard_errors", {{"dense", error(score.dense)}, {"qann", error(score.qann)}, {"snn", error(score.snn)}}},
          {"kl_dense_snn", number(score.kl_dense_snn / tokens)},
          {"kl_qann_snn", number(score.kl_qann_snn / tokens)}};
}

}  // namespace

ordered_json perplexity_section(const StoredRun& run) {
  const std::vector<PerplexityTask>& tasks = run.experiment.evaluation.perplexity;
  std::vector<TextScore> scores(tasks.size());
  for (const SegmentResult& result : run.results) scores.at(result.text).add(result);
  auto section = ordered_json::array();
  for (std::size_t text = 0; text < tasks.size(); ++text) {
    section.push_back(to_json(tasks[text], scores[text]));
    if (not_run(run, text)) section.back()["not_run"] = "the C4 shard was missing";
    if (tasks[text].protocol == Protocol::lm_eval) section.back()["words"] = scores[text].snn.words();
  }
  return section;
}

}  // namespace snnsim::experiments
