#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// Tokens that are found in a text as they are written, before any merge.
class AddedTokens {
 public:
  struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
    TokenId id = 0;
  };

  /// `content` must not be empty.
  void add(std::string content, TokenId id);
  /// The leftmost token at or behind `from`, the longest of those that begin there.
  std::optional<Match> find(std::string_view text, std::size_t from) const;

 private:
  std::map<std::string, TokenId, std::greater<>> tokens_;  // of two that begin alike, the longer comes first
  std::array<bool, 256> first_bytes_{};
};

/// Calls plain(part) for the stretches of text between added tokens and token(id) for these, in order.
template <typename Plain, typename Token>
void split_at_added_tokens(std::string_view text, const AddedTokens& tokens, Plain plain, Token token) {
  std::size_t begin = 0;
  while (const auto match = tokens.find(text, begin)) {
    if (match->begin > begin) plain(text.substr(begin, match->begin - begin));
    token(match->id);
    begin = match->end;
  }
  if (begin < text.size()) plain(text.substr(begin));
}

}  // namespace snnsim::models
