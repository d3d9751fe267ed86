#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// How a token that is found in the text as it is written takes its surroundings, as in tokenizer.json.
struct TokenSurroundings {
  bool single_word = false;  // only where no letter, digit or underscore touches it
  bool lstrip = false;       // takes the white space in front of it
  bool rstrip = false;       // takes the white space behind it
};

/// Tokens that are found in a text as they are written, before any merge.
class AddedTokens {
 public:
  struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
    TokenId id = 0;
    TokenSurroundings surroundings;
  };

  /// `content` must not be empty. Of two tokens with the same content, the first counts.
  void add(std::string_view content, TokenId id, TokenSurroundings surroundings = {});
  /// The longest token that begins at `begin`.
  std::optional<Match> match_at(std::string_view text, std::size_t begin) const;
  /// The leftmost token at or behind `from`, the longest of those that begin there, with the white space that it takes
  /// (no further to the left than `from`).
  std::optional<Match> find(std::string_view text, std::size_t from) const;

 private:
  struct Node {
    std::unordered_map<char, std::uint32_t> next;
    TokenId id = -1;
    TokenSurroundings surroundings;
  };
  std::vector<Node> trie_ = std::vector<Node>(1);
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
