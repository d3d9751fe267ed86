#pragma once

#include <cstddef>
#include <vector>

#include "models/llama/dense_model.hpp"

namespace snnsim::models {

/// A token that has massive activations somewhere behind the first position, or behind the lead.
struct OutlierToken {
  TokenId id = 0;
  std::size_t times = 0;      // at how many positions of a block
  std::size_t sequences = 0;  // that have it as an outlier
  TokenId before = -1;        // the token in front of it most often; -1: it is always the first behind the lead
  bool operator==(const OutlierToken&) const = default;
};

/// What find_outlier_tokens() saw.
struct OutlierSurvey {
  float largest_ratio = 0;           // of any position
  double per_sequence = 0;           // positions of a sequence that are outliers in some block, mean
  std::vector<OutlierToken> tokens;  // most frequent first, equal ones by id
  bool operator==(const OutlierSurvey&) const = default;
};

/// Looks for massive activations as PrefixQuant does (Chen et al. 2024, arXiv 2410.05265): at the input of Wdown, the
/// largest magnitude of a position over the median of those of its sequence and block; an outlier is above
/// kOutlierRatio. The first `lead` positions of a sequence count for nothing; sequences without others are left out.
OutlierSurvey find_outlier_tokens(const DenseModel& dense, const std::vector<std::vector<TokenId>>& sequences,
                                  std::size_t lead = 0);

/// The tokens that are kept in front of every sequence, from that: as many as a sequence has outliers on average,
/// rounded up, one of them `bos` (-1: none), which comes last; the others by frequency, those in less than a tenth of
/// the sequences left out. Empty when nothing but the first position has massive activations.
std::vector<TokenId> prefix_of(const OutlierSurvey& survey, std::size_t sequences, TokenId bos);

/// A prefix behind which some tokens still have massive activations (`left`), made longer by one token: the most
/// frequent of those in at least a tenth of the sequences; or, where it is in the prefix already, the token that comes
/// before it in the text, in front of it there. A token may become a sink for attention only behind some others: the
/// newline of TinyLlama does behind a space. Nothing when there is no such token.
std::vector<TokenId> longer_prefix(std::vector<TokenId> prefix, const OutlierSurvey& left, std::size_t sequences);

inline constexpr float kOutlierRatio = 64;

}  // namespace snnsim::models
