#include "models/quantization/outlier_tokens.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "models/quantization/calibration_states.hpp"

namespace snnsim::models {

namespace {

float largest_magnitude(const Matrix<float>& x, std::uint32_t row) {
  float largest = 0;
  for (std::size_t j = 0; j < x.columns(); ++j) largest = std::max(largest, std::abs(x.row(row)[j]));
  return largest;
}

float median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// The largest magnitude of every position over their median; zeros where that is zero.
std::vector<float> ratios(const Matrix<float>& x, std::span<const std::uint32_t> rows) {
  std::vector<float> ratio(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) ratio[i] = largest_magnitude(x, rows[i]);
  const float middle = median(ratio);
  for (float& r : ratio) r = middle > 0 ? r / middle : 0;
  return ratio;
}

bool frequent(const OutlierToken& token, std::size_t sequences) {
  return 10 * token.sequences >= sequences;
}

/// Outliers by token.
class Tally {
 public:
  /// ratio: of the positions from `lead` on.
  void add(const std::vector<TokenId>& sequence, std::size_t number, std::size_t lead,
           const std::vector<float>& ratio) {
    for (std::size_t i = 0; i < ratio.size(); ++i) {
      largest_ = std::max(largest_, ratio[i]);
      if (!(ratio[i] > kOutlierRatio)) continue;
      const std::size_t position = lead + i;
      positions_[number].insert(position);
      if (position == 0) continue;
      ++times_[sequence[position]];
      sequences_[sequence[position]].insert(number);
      if (i > 0) ++before_[sequence[position]][sequence[position - 1]];
    }
  }
  OutlierSurvey survey(std::size_t sequences) const {
    std::size_t positions = 0;
    for (const auto& [number, own] : positions_) positions += own.size();
    OutlierSurvey survey{largest_, static_cast<double>(positions) / static_cast<double>(sequences), {}};
    for (const auto& [id, times] : times_) {
      survey.tokens.push_back({id, times, sequences_.at(id).size(), most_often_before(id)});
    }
    std::ranges::stable_sort(survey.tokens, std::ranges::greater(), &OutlierToken::times);
    return survey;
  }

 private:
  TokenId most_often_before(TokenId id) const {
    const auto before = before_.find(id);
    if (before == before_.end()) return -1;
    return std::ranges::max_element(before->second, {}, [](const auto& token) { return token.second; })->first;
  }

  float largest_ = 0;
  std::map<std::size_t, std::set<std::size_t>> positions_;  // by sequence: outliers in a block so far
  std::map<TokenId, std::size_t> times_;
  std::map<TokenId, std::set<std::size_t>> sequences_;
  std::map<TokenId, std::map<TokenId, std::size_t>> before_;
};

}  // namespace

OutlierSurvey find_outlier_tokens(const DenseModel& dense, const std::vector<std::vector<TokenId>>& sequences,
                                  std::size_t lead) {
  std::vector<std::vector<TokenId>> some;
  std::ranges::copy_if(sequences, std::back_inserter(some), [&](const auto& ids) { return ids.size() > lead; });
  CalibrationStates states(dense, some, lead);
  Tally tally;
  for (std::size_t k = 0; k < dense.config().blocks; ++k) {
    std::size_t number = 0;
    states.advance(k, dense.weights(k), [&](Site site, const Matrix<float>& x, std::span<const std::uint32_t> rows) {
      if (site != Site::mlp_mid) return;
      tally.add(some[number], number, lead, ratios(x, rows));
      ++number;
    });
  }
  return tally.survey(some.size());
}

std::vector<TokenId> prefix_of(const OutlierSurvey& survey, std::size_t sequences, TokenId bos) {
  const auto wanted = static_cast<std::size_t>(std::ceil(survey.per_sequence));
  const std::size_t others = wanted - std::min<std::size_t>(wanted, bos >= 0 ? 1 : 0);
  std::vector<TokenId> prefix;
  for (const OutlierToken& token : survey.tokens)
    if (prefix.size() < others && token.id != bos && frequent(token, sequences)) prefix.push_back(token.id);
  if (!prefix.empty() && bos >= 0) prefix.push_back(bos);
  return prefix;
}

std::vector<TokenId> longer_prefix(std::vector<TokenId> prefix, const OutlierSurvey& left, std::size_t sequences) {
  for (const OutlierToken& token : left.tokens) {
    if (!frequent(token, sequences)) continue;
    const auto there = std::ranges::find(prefix, token.id);
    if (there == prefix.end()) {
      prefix.insert(prefix.begin(), token.id);
      return prefix;
    }
    if (token.before < 0 || (there != prefix.begin() && *std::prev(there) == token.before)) continue;
    prefix.insert(there, token.before);
    return prefix;
  }
  return {};
}

}  // namespace snnsim::models
