#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// Two neighbouring pieces that become one. Low ranks first; among equal ranks the leftmost.
struct Merge {
  TokenId left = 0;
  TokenId right = 0;
  TokenId merged = 0;
  std::uint32_t rank = 0;
};

/// (left, right) -> merge, in one flat table: a lookup follows every character and every merge.
class MergeTable {
 public:
  /// Of several merges of the same pair, the last counts.
  explicit MergeTable(const std::vector<Merge>& merges);
  /// The merge of two neighbours, or nullptr.
  const Merge* find(TokenId left, TokenId right) const;

 private:
  std::size_t slot(TokenId left, TokenId right) const;

  std::vector<Merge> slots_;  // a power of two, at most half full; merged < 0: free
};

/// The byte-pair encoding of SentencePiece models: starts from characters, replaces those outside the vocabulary with
/// one piece per byte, then merges neighbours in the order of the ranks until none can be. O(n log n) in the longest
/// stretch of text that a merge may reach across.
class ByteFallbackBpe {
 public:
  /// `pieces[id]` is the text of a piece; `byte_pieces[b]` is the piece that stands for byte b; `space` is the
  /// character (of at most 4 bytes) that begins a word. Merges join the texts of their pieces.
  ByteFallbackBpe(const std::vector<std::string>& pieces, const std::vector<Merge>& merges,
                  const std::array<TokenId, 256>& byte_pieces, std::string space);

  /// Appends the ids of a text whose spaces are already written as `space`. The text must be valid UTF-8.
  void encode(std::string_view text, std::vector<TokenId>& ids) const;

 private:
  class Word;

  /// The piece of one character; -1 if the vocabulary has none.
  TokenId character(std::string_view text) const;
  /// Where the stretch that starts at `begin` ends: in front of the next space that follows another character.
  std::size_t stretch_end(std::string_view text, std::size_t begin) const;

  MergeTable merges_;
  std::array<TokenId, 256> byte_pieces_;
  std::unordered_map<std::uint32_t, TokenId> characters_;  // by their UTF-8 bytes
  std::array<TokenId, 128> ascii_;                         // the same, faster
  std::string space_;
  bool merges_cross_spaces_ = false;
};

}  // namespace snnsim::models
