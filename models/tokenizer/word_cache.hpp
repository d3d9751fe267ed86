#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// Ids of the words that a text repeats. The words must outlive the cache, which stays bounded in size.
class WordCache {
 public:
  /// Appends the ids of `word` to `ids`: the kept ones, or else those that `encode(word, ids)` appends.
  template <typename Encode>
  void append(std::string_view word, std::vector<TokenId>& ids, Encode encode) {
    if (word.size() > longest_word) return encode(word, ids);
    if (const auto found = places_.find(word); found != places_.end()) {
      const auto begin = kept_.begin() + found->second.begin;
      ids.insert(ids.end(), begin, begin + found->second.count);
      return;
    }
    const std::size_t before = ids.size();
    encode(word, ids);
    if (places_.size() < most_words) keep(word, {ids.begin() + static_cast<std::ptrdiff_t>(before), ids.end()});
  }

 private:
  struct Place {
    std::uint32_t begin, count;  // in kept_
  };
  static constexpr std::size_t longest_word = 64;  // bytes; longer ones are hardly ever repeated
  static constexpr std::size_t most_words = 1U << 16U;

  void keep(std::string_view word, const std::vector<TokenId>& ids) {
    places_.emplace(word, Place{static_cast<std::uint32_t>(kept_.size()), static_cast<std::uint32_t>(ids.size())});
    kept_.insert(kept_.end(), ids.begin(), ids.end());
  }

  std::unordered_map<std::string_view, Place> places_;
  std::vector<TokenId> kept_;
};

}  // namespace snnsim::models
