#include "experiments/evaluation/scoring.hpp"

#include <cmath>
#include <cstring>

#include <doctest/doctest.h>

namespace snnsim::experiments {
namespace {

/// A head alone: logits (h0, h1, 0) of the final norm (h0, h1).
class ThreeTokens {
 public:
  ThreeTokens() {
    auto checkpoint = std::make_shared<models::Checkpoint>();
    checkpoint->config = {.hidden_size = 2, .heads = 1, .kv_heads = 1, .head_dim = 2, .vocabulary_size = 3};
    const auto tensor = [&](std::vector<std::size_t> shape, std::vector<float> values) {
      const auto stored = std::make_shared<std::vector<float>>(std::move(values));
      checkpoint->storage.push_back(stored);
      return models::Tensor{models::DataType::f32, std::move(shape),
                            reinterpret_cast<const std::byte*>(stored->data())};
    };
    checkpoint->final_norm = tensor({2}, {1, 1});
    checkpoint->lm_head = tensor({3, 2}, {1, 0, 0, 1, 0, 0});
    model = std::make_unique<models::DenseModel>(checkpoint);
  }
  std::unique_ptr<models::DenseModel> model;
};

/// `rows` rows of (log a, log b): probabilities a : b : 1.
Matrix<float> odds(std::size_t rows, double a, double b) {
  Matrix<float> m(rows, 2);
  for (std::size_t r = 0; r < rows; ++r) {
    m.row(r)[0] = static_cast<float>(std::log(a));
    m.row(r)[1] = static_cast<float>(std::log(b));
  }
  return m;
}

doctest::Approx nats(double x) {
  return doctest::Approx(x).epsilon(1e-6);
}

}  // namespace

TEST_CASE("log softmax, by hand") {
  const std::vector<float> logits{0.0F, static_cast<float>(std::log(2.0)), static_cast<float>(std::log(5.0))};
  const std::vector<double> p = log_probabilities(logits);
  CHECK(p[0] == nats(std::log(1.0 / 8)));
  CHECK(p[1] == nats(std::log(2.0 / 8)));
  CHECK(p[2] == nats(std::log(5.0 / 8)));
}

TEST_CASE("log softmax of logits that exp() could not take") {
  const std::vector<double> p = log_probabilities(std::vector<float>{1000, 999, -1000});
  CHECK(p[0] == nats(-std::log1p(std::exp(-1.0))));
  CHECK(p[2] == nats(-2000 - std::log1p(std::exp(-1.0))));
}

TEST_CASE_FIXTURE(ThreeTokens, "one prediction, by hand: dense 2:1:1, QANN 1:2:1, SNN 1:1:1") {
  const std::vector<models::TokenId> ids{2, 0};
  const Matrix<float> dense = odds(2, 2, 1), qann = odds(2, 1, 2), snn = odds(2, 1, 1);
  SegmentResult result;
  std::vector<TokenLikelihood> tokens;
  score(*model, {ids}, {dense, &qann, &snn}, result, &tokens);
  CHECK(result.tokens == 1);
  CHECK(result.dense.nll == nats(std::log(2.0)));
  CHECK(result.qann.nll == nats(std::log(4.0)));
  CHECK(result.snn.nll == nats(std::log(3.0)));
  CHECK(result.snn.nll_squared == nats(std::log(3.0) * std::log(3.0)));
  const double divergence = 0.5 * std::log(1.5) + 0.5 * std::log(0.75);
  CHECK(result.kl_dense_snn == nats(divergence));
  CHECK(result.kl_qann_snn == nats(divergence));
  REQUIRE(tokens.size() == 1);
  CHECK(tokens[0].position == 1);
  CHECK(tokens[0].id == 0);
  CHECK(tokens[0].snn == result.snn.nll);
}

TEST_CASE_FIXTURE(ThreeTokens, "equal outputs diverge by nothing at all") {
  const std::vector<models::TokenId> ids{2, 0, 1};
  const Matrix<float> dense = odds(3, 3, 7), quantized = odds(3, 2, 5);
  SegmentResult result;
  score(*model, {ids}, {dense, &quantized, &quantized}, result, nullptr);
  CHECK(result.kl_qann_snn == 0);
  CHECK(result.kl_dense_snn > 0);
  CHECK(result.qann == result.snn);
}

TEST_CASE_FIXTURE(ThreeTokens, "networks that are not evaluated stay zero, NaN in the table of tokens") {
  const Matrix<float> dense = odds(2, 2, 1), qann = odds(2, 1, 2);
  SegmentResult result;
  std::vector<TokenLikelihood> tokens;
  score(*model, {{2, 0}}, {dense}, result, &tokens);
  CHECK(result.dense.nll == nats(std::log(2.0)));
  CHECK(result.qann == Likelihood{});
  CHECK(result.kl_dense_snn == 0);
  CHECK(std::isnan(tokens[0].qann));
  score(*model, {{2, 0}}, {dense, &qann}, result, &tokens);
  CHECK(result.qann.nll == nats(std::log(4.0)));
  CHECK(result.snn == Likelihood{});
  CHECK(std::isnan(tokens[1].snn));
}

TEST_CASE_FIXTURE(ThreeTokens, "only the tokens from the first scored one on count") {
  const Matrix<float> dense = odds(4, 2, 1);
  SegmentResult result;
  std::vector<TokenLikelihood> tokens;
  score(*model, {.ids = {2, 0, 1, 0}, .first_scored = 2}, {dense, &dense, &dense}, result, &tokens);
  CHECK(result.tokens == 2);
  CHECK(result.dense.nll == nats(std::log(4.0) + std::log(2.0)));
  CHECK(tokens[0].position == 2);
}

TEST_CASE_FIXTURE(ThreeTokens, "a long segment is scored whole, chunk after chunk") {
  constexpr std::size_t length = 75;
  std::vector<models::TokenId> ids(length);
  for (std::size_t i = 0; i < length; ++i) ids[i] = static_cast<models::TokenId>(i % 3);
  const Matrix<float> dense = odds(length, 2, 1);  // 2:1:1 for ids 0:1:2
  SegmentResult result;
  std::vector<TokenLikelihood> tokens;
  score(*model, {ids}, {dense, &dense, &dense}, result, &tokens);
  CHECK(result.tokens == 74);
  CHECK(result.dense.nll == nats(24 * std::log(2.0) + 50 * std::log(4.0)));
  REQUIRE(tokens.size() == 74);
  for (std::size_t i = 0; i < 74; ++i) {
    CHECK(tokens[i].position == i + 1);
    CHECK(tokens[i].id == ids[i + 1]);
  }
}

}  // namespace snnsim::experiments
