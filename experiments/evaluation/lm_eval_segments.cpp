#include "experiments/evaluation/lm_eval_segments.hpp"

#include <algorithm>
#include <iterator>

#include "experiments/evaluation/python_text.hpp"
#include "experiments/evaluation/wikitext_pages.hpp"

namespace snnsim::experiments {

std::vector<Segment> rolling_windows(const TokenIds& tokens, models::TokenId prefix, std::size_t length) {
  TokenIds all{prefix};
  all.insert(all.end(), tokens.begin(), tokens.end());
  const auto at = [&](std::size_t i) { return all.begin() + static_cast<std::ptrdiff_t>(i); };
  std::vector<Segment> windows;
  for (std::size_t done = 1; done < all.size();) {  // all[done] is the next to be predicted
    const std::size_t end = std::min(done + length, all.size());
    const std::size_t first = end - std::min(end, length + 1);
    windows.push_back({.ids = {at(first), at(end)}, .first_scored = done - first});
    done = end;
  }
  return windows;
}

std::vector<Segment> lm_eval_segments(std::string_view text, std::size_t length, std::size_t most,
                                      const models::Tokenizer& tokenizer) {
  std::vector<Segment> segments;
  for (const std::string& page : wikitext_pages(text)) {
    std::vector<Segment> windows =
        rolling_windows(tokenizer.encode(detokenize_wikitext(page), false), tokenizer.prefix_id(), length);
    if (windows.empty()) continue;
    if (most != 0 && !segments.empty() && segments.size() + windows.size() > most) break;
    windows.front().words = count_words(page);
    std::ranges::move(windows, std::back_inserter(segments));
  }
  return segments;
}

}  // namespace snnsim::experiments
