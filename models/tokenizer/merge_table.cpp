#include "models/tokenizer/merge_table.hpp"

#include <bit>

namespace snnsim::models {

MergeTable::MergeTable(const std::vector<Merge>& merges)
    : slots_(std::bit_ceil(2 * merges.size() + 1), Merge{.merged = -1}) {
  for (const Merge& merge : merges) slots_[slot(merge.left, merge.right)] = merge;
}

const Merge* MergeTable::find(TokenId left, TokenId right) const {
  const Merge& merge = slots_[slot(left, right)];
  return merge.merged < 0 ? nullptr : &merge;
}

std::size_t MergeTable::slot(TokenId left, TokenId right) const {
  const std::size_t mask = slots_.size() - 1;
  const std::uint64_t key = (static_cast<std::uint64_t>(left) << 32) | static_cast<std::uint32_t>(right);
  std::size_t i = (key * 0x9E3779B97F4A7C15U) >> 32 & mask;
  while (slots_[i].merged >= 0 && (slots_[i].left != left || slots_[i].right != right)) i = (i + 1) & mask;
  return i;
}

}  // namespace snnsim::models
