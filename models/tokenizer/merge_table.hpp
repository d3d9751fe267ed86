#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// Two neighbouring symbols that become one. Low ranks first; among equal ranks the leftmost.
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

}  // namespace snnsim::models
