#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/tokenizer/merge_table.hpp"
#include "models/tokenizer/pair_merger.hpp"
#include "models/tokenizer/word_cache.hpp"

namespace snnsim::models {

/// What the byte-pair encoding of a SentencePiece vocabulary is made of.
struct CharacterBpeTables {
  /// By id: the pieces, then characters that are no pieces but part of some; "": never met in a text.
  std::vector<std::string> symbols;
  std::size_t pieces = 0;     // ids below are pieces, the others are written as unknown characters in the end
  std::vector<Merge> merges;  // join the texts of two symbols to the text of a third
  std::vector<bool> undone;   // see PairMerger; empty: none
  /// The piece for each byte of an unknown character; -1: `unknown` stands for it.
  std::array<TokenId, 256> byte_pieces{};
  TokenId unknown = -1;  // for a run of unknown characters; -1: they are left out
  std::string space;     // the character that begins a word
};

/// Byte-pair encoding that starts from characters, replaces those outside the vocabulary with one piece per byte, then
/// merges neighbours in the order of the ranks until none can be. O(n log n) in the longest stretch of text that a
/// merge may reach across.
class CharacterBpe {
 public:
  explicit CharacterBpe(CharacterBpeTables tables);

  /// Appends the ids of a text whose spaces are already written as `space`. The text must be valid UTF-8.
  void encode(std::string_view text, std::vector<TokenId>& ids) const;

 private:
  /// The symbol of one character; -1 if the vocabulary has none.
  TokenId character(std::string_view text) const;
  /// Where the stretch that starts at `begin` ends: in front of the next space that follows another character.
  std::size_t stretch_end(std::string_view text, std::size_t begin) const;
  void split(std::string_view text, std::vector<TokenId>& symbols) const;
  void append_unknown(std::string_view character, std::vector<TokenId>& ids) const;
  void append_pieces(const std::vector<TokenId>& symbols, std::vector<TokenId>& ids) const;
  void join_unknown(std::vector<TokenId>& ids, std::size_t from) const;

  CharacterBpeTables tables_;
  MergeTable merges_;
  std::unordered_map<std::uint32_t, TokenId> characters_;  // by their UTF-8 bytes
  std::array<TokenId, 128> ascii_;                         // the same, faster
  bool merges_cross_spaces_ = false;
};

}  // namespace snnsim::models
