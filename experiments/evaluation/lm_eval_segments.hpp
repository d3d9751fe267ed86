#pragma once

#include <string_view>
#include <vector>

#include "experiments/evaluation/segment.hpp"

namespace snnsim::experiments {

/// The rolling windows of lm-evaluation-harness over one text, made disjoint: each token is predicted once, in windows
/// of `length` inputs. The first begins with `prefix`; a later one has the token before it as context, and the last,
/// which is shorter, is filled up on the left with as much context as fits. No windows if there are no tokens.
std::vector<Segment> rolling_windows(const TokenIds& tokens, models::TokenId prefix, std::size_t length);

/// Protocol lm_eval: the windows of all pages of a WikiText file, detokenized; the first window of a page carries its
/// number of words, counted before it is detokenized. PPL = exp(total NLL / total words).
/// `most`, if not 0, keeps whole pages while they have at most so many windows together, and one page at least.
std::vector<Segment> lm_eval_segments(std::string_view text, std::size_t length, std::size_t most,
                                      const models::Tokenizer& tokenizer);

}  // namespace snnsim::experiments
