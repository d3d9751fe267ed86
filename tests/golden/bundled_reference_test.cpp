// What PyTorch computed from the bundled weights in fp32 (bundled/stories3m/reference.json). Its sums run in another
// order: logits, which reach 12, differ by up to 6e-6 (six units of the last place there), the mean loss by 1.4e-7.
// The tolerances are about ten times that; the greedy text has no choice closer than 0.027.
#include <algorithm>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "experiments/evaluation/scoring.hpp"
#include "experiments/evaluation/segments.hpp"
#include "models/llama/dense_model.hpp"
#include "tests/support/assets.hpp"

namespace snnsim {
namespace {

using models::DenseModel;
using models::DenseSequence;
using models::TokenId;
using Ids = std::vector<TokenId>;

constexpr double logit_tolerance = 5e-5;
constexpr double nll_tolerance = 2e-6;

nlohmann::json reference() {
  std::ifstream in(tests::bundled_model() / "reference.json");
  return nlohmann::json::parse(in);
}

std::unique_ptr<models::Tokenizer> tokenizer() {
  return models::open_tokenizer(tests::bundled_model(), 2048);
}

DenseModel dense_model() {
  return DenseModel(std::make_shared<const models::Checkpoint>(models::open_checkpoint(tests::bundled_model())));
}

std::vector<float> last_logits(const DenseModel& model, const DenseSequence& sequence) {
  const std::size_t end = sequence.positions();
  const Matrix<float> logits = model.logits(sequence.normalised(), models::row_range(end - 1, end));
  return {logits.values().begin(), logits.values().end()};
}

TokenId argmax(const std::vector<float>& logits) {
  return static_cast<TokenId>(std::ranges::max_element(logits) - logits.begin());
}

/// -log p of every token but the first.
std::vector<double> losses(const DenseModel& model, const Ids& ids) {
  DenseSequence sequence(model);
  sequence.append(ids);
  const Matrix<float> logits = model.logits(sequence.normalised(), models::row_range(0, ids.size() - 1));
  std::vector<double> result;
  for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
    const auto log_p = experiments::log_probabilities({logits.row(i), logits.columns()});
    result.push_back(-log_p[static_cast<std::size_t>(ids[i + 1])]);
  }
  return result;
}

}  // namespace

TEST_CASE("the bundled tokenizer gives the ids of SentencePiece") {
  const auto bundled = tokenizer();
  const nlohmann::json expected = reference();
  REQUIRE(expected["tokenizer"].size() >= 5);
  for (const nlohmann::json& entry : expected["tokenizer"]) {
    const auto text = entry["text"].get<std::string>();
    CHECK(bundled->encode(text, true) == entry["ids"].get<Ids>());
    CHECK(bundled->decode(entry["ids"].get<Ids>()) == text);
  }
}

TEST_CASE("the bundled model gives PyTorch's logits and greedy text") {
  const nlohmann::json expected = reference();
  const DenseModel model = dense_model();
  const auto prompt = expected["prompt_ids"].get<Ids>();
  CHECK(tokenizer()->encode(expected["prompt"].get<std::string>(), true) == prompt);

  DenseSequence sequence(model);
  sequence.append(prompt);
  std::vector<float> logits = last_logits(model, sequence);
  const auto first = expected["last_logits_first_16"].get<std::vector<double>>();
  for (std::size_t i = 0; i < first.size(); ++i)
    CHECK(std::abs(static_cast<double>(logits[i]) - first[i]) < logit_tolerance);
  CHECK(std::abs(static_cast<double>(*std::ranges::max_element(logits)) - expected["last_logits_max"].get<double>()) <
        logit_tolerance);

  Ids greedy = {argmax(logits)};
  CHECK(greedy.front() == expected["last_logits_argmax"].get<TokenId>());
  const auto continuation = expected["greedy_ids"].get<Ids>();
  while (greedy.size() < continuation.size()) {
    sequence.append({&greedy.back(), 1});
    greedy.push_back(argmax(last_logits(model, sequence)));
  }
  CHECK(greedy == continuation);
}

TEST_CASE("the bundled model has PyTorch's perplexity on the held-out text" * doctest::test_suite("slow")) {
  const nlohmann::json expected = reference()["heldout"];
  const DenseModel model = dense_model();
  experiments::PerplexityTask task;
  task.text = tests::source_dir() / "bundled" / "text" / "heldout.txt";
  task.protocol = experiments::Protocol::documents;
  task.segment = expected["cut_at_tokens"].get<std::size_t>();
  const auto segments = experiments::evaluation_segments(task, *tokenizer());
  CHECK(segments.size() == expected["documents"].get<std::size_t>());
  double total = 0;
  std::size_t predictions = 0;
  for (const experiments::Segment& segment : segments) {
    for (const double loss : losses(model, segment.ids)) total += loss;
    predictions += segment.scored();
  }
  CHECK(predictions == expected["predictions"].get<std::size_t>());
  const double mean = total / static_cast<double>(predictions);
  CHECK_MESSAGE(std::abs(mean - expected["mean_nll"].get<double>()) < nll_tolerance, mean);
}

}  // namespace snnsim
