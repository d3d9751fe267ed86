#include "experiments/prefix_search.hpp"

#include <algorithm>
#include <utility>

#include "experiments/prefix.hpp"

namespace snnsim::experiments {

namespace {

using nlohmann::ordered_json;

models::OutlierSurvey survey_of(const ordered_json& json) {
  models::OutlierSurvey survey{json.at("largest_ratio").get<float>(), json.at("per_sequence").get<double>(), {}};
  for (const ordered_json& token : json.at("tokens"))
    survey.tokens.push_back({token.at("id").get<models::TokenId>(), token.at("times").get<std::size_t>(),
                             token.at("sequences").get<std::size_t>(), token.at("before").get<models::TokenId>()});
  return survey;
}

}  // namespace

PrefixSearch search_prefix(const models::DenseModel& dense, const std::vector<TokenIds>& calibration,
                           models::TokenId bos) {
  PrefixSearch best{.tokens = {}, .survey = models::find_outlier_tokens(dense, calibration), .remaining = {}};
  TokenIds tokens = models::prefix_of(best.survey, calibration.size(), bos);
  for (std::size_t i = 0; i < most_prefixes && !tokens.empty(); ++i) {
    const Prefix prefix(tokens, dense);
    models::OutlierSurvey remaining =
        models::find_outlier_tokens(dense, sequences_behind(prefix, calibration), prefix.positions());
    tokens = models::longer_prefix(std::move(tokens), remaining, calibration.size());
    if (best.remaining && !(remaining.per_sequence < best.remaining->per_sequence)) continue;
    best.tokens = prefix.tokens();
    best.remaining = std::move(remaining);
  }
  return best;
}

ordered_json to_json(const models::OutlierSurvey& survey) {
  constexpr std::size_t most = 16;
  auto tokens = ordered_json::array();
  for (const models::OutlierToken& token : survey.tokens)
    if (tokens.size() < most)
      tokens.push_back(
          {{"id", token.id}, {"times", token.times}, {"sequences", token.sequences}, {"before", token.before}});
  return {{"largest_ratio", survey.largest_ratio}, {"per_sequence", survey.per_sequence}, {"tokens", tokens}};
}

ordered_json to_json(const PrefixSearch& search) {
  return {{"tokens", search.tokens},
          {"survey", to_json(search.survey)},
          {"remaining", search.remaining ? to_json(*search.remaining) : ordered_json(nullptr)}};
}

std::optional<PrefixSearch> prefix_search_of(const ordered_json& json) {
  try {
    PrefixSearch search{json.at("tokens").get<TokenIds>(), survey_of(json.at("survey")), {}};
    if (const ordered_json& remaining = json.at("remaining"); !remaining.is_null())
      search.remaining = survey_of(remaining);
    return search;
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

}  // namespace snnsim::experiments
