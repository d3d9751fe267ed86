#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/tokenizer/merge_table.hpp"

namespace snnsim::models {

/// Byte-pair encoding of one stretch of text after the other: replaces the neighbours with the lowest rank, the
/// leftmost first, until no merge is left. O(n log n) in the symbols of a stretch. An object keeps its memory between
/// stretches and must not be shared among threads.
class PairMerger {
 public:
  /// `undone[id]` says that a merged symbol must not come out and is taken apart again, into the pair that was last
  /// found to make it (SentencePiece's unused pieces); empty: none. Both must outlive the object.
  PairMerger(const MergeTable& merges, const std::vector<bool>& undone) : merges_(merges), undone_(undone) {}

  void merge(std::vector<TokenId>& symbols);

 private:
  struct Symbol {
    TokenId id;  // -1: taken by the neighbour on the left
    std::uint32_t previous, next;
  };
  struct Candidate {
    std::uint32_t rank, position;  // of the left symbol
    TokenId merged;
    bool operator<(const Candidate& other) const {  // the heap's top is its greatest element
      return std::pair(rank, position) > std::pair(other.rank, other.position);
    }
  };

  void merge_short(std::vector<TokenId>& symbols);
  void merge_long(std::vector<TokenId>& symbols);
  std::uint32_t rank(const std::vector<TokenId>& symbols, std::size_t position) const;
  const Merge* merge_at(std::uint32_t position) const;
  void propose(std::uint32_t position);
  bool still_holds(const Candidate& candidate) const;
  void apply(const Candidate& candidate);
  void emit(TokenId symbol, std::vector<TokenId>& symbols) const;

  const MergeTable& merges_;
  const std::vector<bool>& undone_;
  std::vector<std::uint32_t> ranks_;
  std::vector<Symbol> list_;
  std::vector<Candidate> candidates_;
  std::unordered_map<TokenId, std::pair<TokenId, TokenId>> halves_;  // of the undone symbols
};

}  // namespace snnsim::models
