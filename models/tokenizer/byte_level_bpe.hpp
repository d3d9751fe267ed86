#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/tokenizer/merge_table.hpp"
#include "models/tokenizer/word_cache.hpp"

namespace snnsim::models {

/// What a byte-level vocabulary merges.
struct ByteLevelTables {
  std::vector<std::string> symbols;  // bytes by id: the pieces, then texts that only merges know; "": never merged
  std::size_t pieces = 0;            // ids below are pieces, the others are written byte by byte in the end
  std::vector<Merge> merges;         // join the bytes of two symbols to the bytes of a third
  bool ignore_merges = false;        // a word that is a piece becomes this piece without any merge
  TokenId unknown = -1;              // for a byte without a piece; -1: it is left out
};

/// Byte-pair encoding that starts from bytes: each word becomes the pieces that the merges, in the order of their
/// ranks, make of it. O(n log n) in the longest word.
class ByteLevelBpe {
 public:
  explicit ByteLevelBpe(ByteLevelTables tables);

  /// Appends the ids of the words of one text, which share what was found for equal words.
  void encode(const std::vector<std::string_view>& words, std::vector<TokenId>& ids) const;

 private:
  void append_pieces(const std::vector<TokenId>& symbols, std::vector<TokenId>& ids) const;

  ByteLevelTables tables_;
  MergeTable merges_;
  std::unordered_map<std::string_view, TokenId> pieces_;  // by their bytes
  std::array<TokenId, 256> bytes_;                        // symbols of one byte; -1: none
  std::vector<bool> none_undone_;
};

}  // namespace snnsim::models
