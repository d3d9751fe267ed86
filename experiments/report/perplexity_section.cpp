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

ordered_json to_json(const EvaluationSection& evaluation, const PerplexityTask& task, const TextScore& score) {
  const auto tokens = static_cast<double>(score.dense.tokens());
  const auto if_run = [&](Network network, double value) {
    return evaluation.runs(network) ? number(value) : ordered_json(nullptr);
  };
  const auto of_all = [&](const auto& measure) {
    return ordered_json{{"dense", if_run(Network::dense, measure(score.dense))},
                        {"qann", if_run(Network::qann, measure(score.qann))},
                        {"snn", if_run(Network::snn, measure(score.snn))}};
  };
  const ordered_json errors = of_all([&](const Perplexity& of) { return of.standard_error(task.protocol); });
  ordered_json out = {{"text", task.text.string()},
                      {"protocol", name(task.protocol)},
                      {"segment", task.segment},
                      {"segments", score.dense.segments()},
                      {"tokens", score.dense.tokens()}};
  out.update(of_all([&](const Perplexity& of) { return of.value(task.protocol); }));
  out.update({{"standard_error", errors.at("snn")},
              {"standard_errors", errors},
              {"kl_dense_snn", if_run(Network::snn, score.kl_dense_snn / tokens)},
              {"kl_qann_snn", if_run(Network::snn, score.kl_qann_snn / tokens)}});
  return out;
}

}  // namespace

ordered_json perplexity_section(const StoredRun& run) {
  const std::vector<PerplexityTask>& tasks = run.experiment.evaluation.perplexity;
  std::vector<TextScore> scores(tasks.size());
  for (const SegmentResult& result : run.results) scores.at(result.text).add(result);
  auto section = ordered_json::array();
  for (std::size_t text = 0; text < tasks.size(); ++text) {
    section.push_back(to_json(run.experiment.evaluation, tasks[text], scores[text]));
    if (not_run(run, text)) section.back()["not_run"] = "the C4 shard was missing";
    if (tasks[text].protocol == Protocol::lm_eval) section.back()["words"] = scores[text].dense.words();
  }
  return section;
}

}  // namespace snnsim::experiments
