#include "experiments/prefix_search.hpp"

#include <doctest/doctest.h>

#include "models/checkpoint/checkpoint.hpp"
#include "tests/equivalence/massive_model.hpp"
#include "tests/equivalence/small_model.hpp"

namespace snnsim::experiments {

TEST_CASE("nothing has massive activations: no tokens, and nothing to look behind") {
  const models::DenseModel dense(tests::random_checkpoint(3));
  const PrefixSearch found = search_prefix(dense, {{1, 5, 6, 7}, {1, 9, 8, 7}}, 1);
  CHECK(found.tokens.empty());
  CHECK(found.survey.largest_ratio > 1);
  CHECK(found.survey.largest_ratio < models::kOutlierRatio);
  CHECK_FALSE(found.remaining);
}

TEST_CASE("the shortest prefix that leaves the fewest outliers is taken") {
  // 20, which stands for BOS, is taken for the prefix's own where a sequence begins with it; 21 stays an outlier in the
  // text whatever is in front, so that no longer prefix is better.
  const std::vector<TokenIds> texts{{20, 3, 4, 5, 21, 6, 7, 8}, {20, 9, 10, 21, 11, 12, 13, 14}};
  const PrefixSearch found = search_prefix(*tests::one_massive_token_a_block(), texts, 20);
  CHECK(found.tokens == TokenIds{21, 20});
  CHECK(found.survey.per_sequence == 2);
  REQUIRE(found.remaining);
  CHECK(found.remaining->per_sequence == 1);
  REQUIRE(found.remaining->tokens.size() == 1);
  CHECK(found.remaining->tokens[0].id == 21);
}

TEST_CASE("a search that was kept is read as it was written; what is damaged is not") {
  PrefixSearch search{{9, 5, 1}, {900, 2.5, {{5, 40, 30, 9}, {1, 3, 2, -1}}}, {}};
  CHECK(prefix_search_of(to_json(search)) == search);
  search.remaining = models::OutlierSurvey{70, 0.125, {{5, 1, 1, 8}}};
  CHECK(prefix_search_of(to_json(search)) == search);
  for (const char* damaged : {"{}", "null", "[1]", R"({"tokens": ["a"], "survey": {}, "remaining": null})"})
    CHECK_FALSE(prefix_search_of(nlohmann::ordered_json::parse(damaged)));
  auto json = to_json(search);
  json["survey"]["tokens"][0].erase("before");
  CHECK_FALSE(prefix_search_of(json));
}

}  // namespace snnsim::experiments
