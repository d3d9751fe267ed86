#include <cmath>

#include "experiments/report/number.hpp"
#include "experiments/report/sections.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// What the chunks of one task add up to.
struct TaskScore {
  std::uint64_t items = 0;
  ZeroShotTally dense, qann, snn;
  OperationCount operations;

  void add(const ZeroShotResult& result) {
    items += result.items;
    add(result.dense, dense);
    add(result.qann, qann);
    add(result.snn, snn);
    operations += result.operations;
  }
  static void add(const ZeroShotTally& from, ZeroShotTally& to) {
    to.correct += from.correct;
    to.correct_norm += from.correct_norm;
    to.nll += from.nll;
    to.nll_squared += from.nll_squared;
  }
};

/// Of a mean over n items: sqrt(variance / (n - 1)), as lm-evaluation-harness has it. Rounding may leave a variance a
/// little below zero.
double standard_error(double variance, std::uint64_t items) {
  return std::sqrt((variance < 0 ? 0 : variance) / (static_cast<double>(items) - 1));
}

void put_accuracy(const std::string& key, std::uint64_t correct, std::uint64_t items, ordered_json& out) {
  const double share = quotient(correct, items);
  out[key] = number(share);
  out[key + "_standard_error"] = number(standard_error(share * (1 - share), items));
}

void put_perplexity(const ZeroShotTally& tally, std::uint64_t items, ordered_json& out) {
  const auto n = static_cast<double>(items);
  const double mean = tally.nll / n, perplexity = std::exp(mean);
  out["perplexity"] = number(perplexity);
  out["perplexity_standard_error"] = number(perplexity * standard_error(tally.nll_squared / n - mean * mean, items));
}

ordered_json network_scores(ZeroShotName task, const ZeroShotTally& tally, std::uint64_t items) {
  auto out = ordered_json::object();
  put_accuracy("acc", tally.correct, items, out);
  if (has_acc_norm(task)) put_accuracy("acc_norm", tally.correct_norm, items, out);
  if (task == ZeroShotName::lambada) put_perplexity(tally, items, out);
  return out;
}

ordered_json task_scores(const EvaluationSection& evaluation, const ZeroShotTask& task, const TaskScore& score) {
  const auto scores = [&](Network network, const ZeroShotTally& tally) {
    return evaluation.runs(network) ? network_scores(task.task, tally, score.items) : ordered_json(nullptr);
  };
  return {{"task", name(task.task)},
          {"path", task.path.string()},
          {"protocol", name(task.protocol)},
          {"items", score.items},
          {"dense", scores(Network::dense, score.dense)},
          {"qann", scores(Network::qann, score.qann)},
          {"snn", scores(Network::snn, score.snn)},
          {"synaptic_operations", score.operations.synaptic_operations}};
}

}  // namespace

ordered_json zero_shot_section(const StoredRun& run) {
  const EvaluationSection& evaluation = run.experiment.evaluation;
  std::vector<TaskScore> scores(evaluation.zero_shot.size());
  for (const ZeroShotResult& result : run.zero_shot) scores.at(result.task).add(result);
  auto section = ordered_json::array();
  for (std::size_t task = 0; task < scores.size(); ++task)
    section.push_back(task_scores(evaluation, evaluation.zero_shot[task], scores[task]));
  return section;
}

}  // namespace snnsim::experiments
