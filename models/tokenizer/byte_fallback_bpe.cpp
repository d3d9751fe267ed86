#include "models/tokenizer/byte_fallback_bpe.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "core/error.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

std::uint32_t packed(std::string_view character) {
  std::uint32_t key = 0;
  std::memcpy(&key, character.data(), std::min(character.size(), sizeof key));
  return key;
}

bool is_one_character(std::string_view piece) {
  return !piece.empty() && utf8_length(piece.front()) == piece.size() && valid_utf8_prefix(piece) == piece.size();
}

bool holds_space_behind_character(std::string_view piece, std::string_view space) {
  std::size_t leading = 0;
  while (piece.substr(leading).starts_with(space)) leading += space.size();
  return piece.find(space, leading) != std::string_view::npos;
}

}  // namespace

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

/// The symbols of one stretch as a linked list, and the merges that its neighbours allow as a heap. Used for one
/// stretch after the other, so that the memory is kept.
class ByteFallbackBpe::Word {
 public:
  explicit Word(const ByteFallbackBpe& bpe) : bpe_(bpe) {}

  void encode(std::string_view text, std::vector<TokenId>& ids) {
    split(text);
    merge_all();
    for (std::uint32_t i = 0; i != none; i = symbols_[i].next) ids.push_back(symbols_[i].id);
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct Symbol {
    TokenId id;
    std::uint32_t previous, next;
  };
  struct Candidate {
    std::uint32_t rank, position;  // of the left symbol
    TokenId merged;
    bool operator<(const Candidate& other) const {  // the heap's top is its greatest element
      return std::pair(rank, position) > std::pair(other.rank, other.position);
    }
  };

  void split(std::string_view text) {
    symbols_.clear();
    for (std::size_t i = 0; i < text.size();) {
      const std::string_view character = text.substr(i, utf8_length(text[i]));
      const TokenId id = bpe_.character(character);
      if (id >= 0) {
        append(id);
      } else {
        for (const char byte : character) append(bpe_.byte_pieces_[static_cast<unsigned char>(byte)]);
      }
      i += character.size();
    }
    symbols_.back().next = none;
  }

  void append(TokenId id) {
    const auto position = static_cast<std::uint32_t>(symbols_.size());
    symbols_.push_back({.id = id, .previous = position - 1, .next = position + 1});  // previous of the first: none
  }

  void merge_all() {
    candidates_.clear();
    for (std::uint32_t i = 0; symbols_[i].next != none; ++i) propose(i);
    while (!candidates_.empty()) {
      std::pop_heap(candidates_.begin(), candidates_.end());
      const Candidate best = candidates_.back();
      candidates_.pop_back();
      if (still_holds(best)) apply(best);
    }
  }

  const Merge* merge_at(std::uint32_t position) const {
    const Symbol& left = symbols_[position];
    return left.id < 0 || left.next == none ? nullptr : bpe_.merges_.find(left.id, symbols_[left.next].id);
  }

  void propose(std::uint32_t position) {
    const Merge* merge = merge_at(position);
    if (merge == nullptr) return;
    candidates_.push_back({.rank = merge->rank, .position = position, .merged = merge->merged});
    std::push_heap(candidates_.begin(), candidates_.end());
  }

  /// Earlier merges may have taken either neighbour away.
  bool still_holds(const Candidate& candidate) const {
    const Merge* merge = merge_at(candidate.position);
    return merge != nullptr && merge->merged == candidate.merged;
  }

  void apply(const Candidate& candidate) {
    Symbol& left = symbols_[candidate.position];
    Symbol& right = symbols_[left.next];
    left.id = candidate.merged;
    left.next = right.next;
    right.id = -1;
    if (left.next != none) symbols_[left.next].previous = candidate.position;
    if (left.previous != none) propose(left.previous);
    propose(candidate.position);
  }

  const ByteFallbackBpe& bpe_;
  std::vector<Symbol> symbols_;
  std::vector<Candidate> candidates_;
};

ByteFallbackBpe::ByteFallbackBpe(const std::vector<std::string>& pieces, const std::vector<Merge>& merges,
                                 const std::array<TokenId, 256>& byte_pieces, std::string space)
    : merges_(merges), byte_pieces_(byte_pieces), space_(std::move(space)) {
  ascii_.fill(-1);
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (!is_one_character(pieces[id])) continue;
    const auto [entry, fresh] = characters_.emplace(packed(pieces[id]), static_cast<TokenId>(id));
    if (pieces[id].size() == 1) ascii_[static_cast<unsigned char>(pieces[id].front()) & 0x7FU] = entry->second;
  }
  merges_cross_spaces_ = std::any_of(merges.begin(), merges.end(), [&](const Merge& merge) {
    return holds_space_behind_character(pieces[static_cast<std::size_t>(merge.merged)], space_);
  });
}

void ByteFallbackBpe::encode(std::string_view text, std::vector<TokenId>& ids) const {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) {
    throw DataError("a text of more than 4 GiB cannot be encoded at once", "split the text into documents");
  }
  Word word(*this);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = stretch_end(text, begin);
    word.encode(text.substr(begin, end - begin), ids);
    begin = end;
  }
}

TokenId ByteFallbackBpe::character(std::string_view text) const {
  if (text.size() == 1) return ascii_[static_cast<unsigned char>(text.front()) & 0x7FU];
  const auto found = characters_.find(packed(text));
  return found == characters_.end() ? -1 : found->second;
}

std::size_t ByteFallbackBpe::stretch_end(std::string_view text, std::size_t begin) const {
  if (merges_cross_spaces_) return text.size();
  while (text.substr(begin).starts_with(space_)) begin += space_.size();
  return std::min(text.find(space_, begin), text.size());
}

}  // namespace snnsim::models
