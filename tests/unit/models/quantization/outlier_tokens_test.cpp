#include "models/quantization/outlier_tokens.hpp"

#include <algorithm>
#include <cstring>

#include <doctest/doctest.h>

#include "models/synthesis/synthesize.hpp"
#include "tests/equivalence/massive_model.hpp"
#include "tests/equivalence/small_model.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {
namespace {

/// A random model in which BOS has a massive activation, and token `like_bos` the same embedding.
struct MassiveModel {
  tests::ScratchFolder scratch;
  std::shared_ptr<const DenseModel> dense;

  explicit MassiveModel(TokenId like_bos) {
    ModelShape shape = model_shapes().front();
    shape.config.hidden_size = 256;
    shape.config.head_dim = 32;
    shape.config.blocks = 3;
    synthesize(shape, scratch.path() / "model", {});
    auto checkpoint = std::make_shared<Checkpoint>(open_checkpoint(scratch.path() / "model"));
    auto embedding = std::make_shared<std::vector<float>>(checkpoint->embedding.read());
    const std::size_t width = shape.config.hidden_size;
    std::copy_n(embedding->begin() + static_cast<std::ptrdiff_t>(width), width,
                embedding->begin() + static_cast<std::ptrdiff_t>(width) * like_bos);
    checkpoint->embedding.bytes = reinterpret_cast<const std::byte*>(embedding->data());
    checkpoint->storage.push_back(embedding);
    dense = std::make_shared<const DenseModel>(checkpoint);
  }
};

}  // namespace

TEST_CASE("positions that are outliers in different blocks count together") {
  const OutlierSurvey survey = find_outlier_tokens(*tests::one_massive_token_a_block(),
                                                   {{20, 3, 4, 5, 21, 6, 7, 8}, {20, 9, 10, 21, 11, 12, 13, 14}});
  CHECK(survey.per_sequence == 2);
  CHECK(prefix_of(survey, 2, 20) == std::vector<TokenId>{21, 20});
}

TEST_CASE(
    "tokens with massive activations are found, how often and in how many sequences; the first position is not one") {
  const MassiveModel model(77);
  const OutlierSurvey survey = find_outlier_tokens(
      *model.dense, {{1, 20, 30, 77, 40, 50, 60, 70}, {1, 20, 77, 30, 77, 40, 50, 60, 70}, {1, 90, 80, 70, 60, 50}});
  CHECK(survey.largest_ratio > kOutlierRatio);
  CHECK(survey.per_sequence == doctest::Approx((3 + 3) / 3.0));
  REQUIRE(survey.tokens.size() == 1);
  CHECK(survey.tokens[0].id == 77);
  CHECK(survey.tokens[0].times == 3);
  CHECK(survey.tokens[0].sequences == 2);
  CHECK(survey.tokens[0].before == 30);
  CHECK(prefix_of(survey, 3, 1) == std::vector<TokenId>{77, 1});
}

TEST_CASE("without massive activations nothing is found; none at the first position alone either") {
  const DenseModel plain(tests::random_checkpoint(3));
  const OutlierSurvey none = find_outlier_tokens(plain, {tests::random_tokens(plain.config(), 20, 1)});
  CHECK(none.tokens.empty());
  CHECK(none.per_sequence == 0);
  CHECK(prefix_of(none, 1, 1).empty());
  const MassiveModel model(77);
  const OutlierSurvey first = find_outlier_tokens(*model.dense, {{1, 20, 30, 40, 50, 60}});
  CHECK(first.per_sequence == 1);
  CHECK(first.tokens.empty());
  CHECK(prefix_of(first, 1, 1).empty());
}

TEST_CASE("as many tokens as a sequence has outliers, BOS last, rare ones left out") {
  const OutlierSurvey survey{900, 2.3, {{5, 40, 30}, {1, 30, 30}, {6, 20, 3}, {7, 10, 10}, {8, 9, 9}}};
  CHECK(prefix_of(survey, 40, 1) == std::vector<TokenId>{5, 7, 1});
  CHECK(prefix_of(survey, 30, 1) == std::vector<TokenId>{5, 6, 1});
  CHECK(prefix_of(survey, 40, -1) == std::vector<TokenId>{5, 1, 7});
}

TEST_CASE("behind a lead its own positions count for nothing, and the first one behind it does") {
  const MassiveModel model(77);
  const OutlierSurvey survey =
      find_outlier_tokens(*model.dense, {{5, 1, 77, 30, 40, 50, 60, 70}, {5, 1, 20, 30, 77, 50, 60, 70}, {5, 1}}, 2);
  CHECK(survey.per_sequence == 1);
  REQUIRE(survey.tokens.size() == 1);
  CHECK(survey.tokens[0].id == 77);
  CHECK(survey.tokens[0].sequences == 2);
  CHECK(survey.tokens[0].before == 30);  // the lead is not the text
  CHECK(find_outlier_tokens(*model.dense, {{5, 1, 77, 30, 40, 50, 60, 70}}, 2).tokens[0].before == -1);
}

TEST_CASE("a prefix behind which massive activations are left gets a token more") {
  using Ids = std::vector<TokenId>;
  const OutlierSurvey left{900, 1, {{6, 50, 1, 3}, {5, 40, 10, 9}}};
  CHECK(longer_prefix({7, 1}, left, 20) == Ids{5, 7, 1});  // the rare one is left alone
  CHECK(longer_prefix({5, 1}, left, 20) == Ids{9, 5, 1});  // it is there: what comes before it in the text
  CHECK(longer_prefix({7, 5, 1}, left, 20) == Ids{7, 9, 5, 1});
  CHECK(longer_prefix({9, 5, 1}, left, 20).empty());  // that is there too
  CHECK(longer_prefix({9, 5, 1}, left, 10) == Ids{6, 9, 5, 1});
  CHECK(longer_prefix({7, 1}, {}, 20).empty());
  CHECK(longer_prefix({5, 1}, {900, 1, {{5, 40, 10, -1}}}, 20).empty());  // nothing comes before it
}

}  // namespace snnsim::models
