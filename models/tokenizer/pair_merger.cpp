#include "models/tokenizer/pair_merger.hpp"

#include <algorithm>
#include <limits>

namespace snnsim::models {
namespace {

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t longest_short_word = 32;  // up to here scanning all ranks is faster than a heap

}  // namespace

void PairMerger::merge(std::vector<TokenId>& symbols) {
  if (symbols.size() < 2) return;
  if (symbols.size() <= longest_short_word && undone_.empty()) {
    merge_short(symbols);
  } else {
    merge_long(symbols);
  }
}

std::uint32_t PairMerger::rank(const std::vector<TokenId>& symbols, std::size_t position) const {
  if (position + 1 >= symbols.size()) return none;
  const Merge* merge = merges_.find(symbols[position], symbols[position + 1]);
  return merge == nullptr ? none : merge->rank;
}

void PairMerger::merge_short(std::vector<TokenId>& symbols) {
  ranks_.clear();
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) ranks_.push_back(rank(symbols, i));
  while (!ranks_.empty()) {
    const auto best = std::min_element(ranks_.begin(), ranks_.end());
    if (*best == none) return;
    const std::ptrdiff_t i = best - ranks_.begin();
    symbols[i] = merges_.find(symbols[i], symbols[i + 1])->merged;
    symbols.erase(symbols.begin() + i + 1);
    ranks_.erase(best);
    if (static_cast<std::size_t>(i) < ranks_.size()) ranks_[i] = rank(symbols, i);
    if (i > 0) ranks_[i - 1] = rank(symbols, i - 1);
  }
}

void PairMerger::merge_long(std::vector<TokenId>& symbols) {
  list_.clear();
  candidates_.clear();
  halves_.clear();
  for (const TokenId id : symbols) {
    const auto position = static_cast<std::uint32_t>(list_.size());
    list_.push_back({.id = id, .previous = position - 1, .next = position + 1});  // previous of the first: none
  }
  list_.back().next = none;
  for (std::uint32_t i = 0; i < list_.size(); ++i) propose(i);
  while (!candidates_.empty()) {
    std::pop_heap(candidates_.begin(), candidates_.end());
    const Candidate best = candidates_.back();
    candidates_.pop_back();
    if (still_holds(best)) apply(best);
  }
  symbols.clear();
  for (std::uint32_t i = 0; i != none; i = list_[i].next) emit(list_[i].id, symbols);
}

const Merge* PairMerger::merge_at(std::uint32_t position) const {
  const Symbol& left = list_[position];
  return left.id < 0 || left.next == none ? nullptr : merges_.find(left.id, list_[left.next].id);
}

void PairMerger::propose(std::uint32_t position) {
  const Merge* merge = merge_at(position);
  if (merge == nullptr) return;
  candidates_.push_back({.rank = merge->rank, .position = position, .merged = merge->merged});
  std::push_heap(candidates_.begin(), candidates_.end());
  if (!undone_.empty() && undone_[merge->merged]) halves_[merge->merged] = {merge->left, merge->right};
}

/// Earlier merges may have taken either neighbour away.
bool PairMerger::still_holds(const Candidate& candidate) const {
  const Merge* merge = merge_at(candidate.position);
  return merge != nullptr && merge->merged == candidate.merged;
}

void PairMerger::apply(const Candidate& candidate) {
  Symbol& left = list_[candidate.position];
  Symbol& right = list_[left.next];
  left.id = candidate.merged;
  left.next = right.next;
  right.id = -1;
  if (left.next != none) list_[left.next].previous = candidate.position;
  if (left.previous != none) propose(left.previous);
  propose(candidate.position);
}

void PairMerger::emit(TokenId symbol, std::vector<TokenId>& symbols) const {
  const auto halves = halves_.find(symbol);
  if (halves == halves_.end()) return symbols.push_back(symbol);
  emit(halves->second.first, symbols);
  emit(halves->second.second, symbols);
}

}  // namespace snnsim::models
