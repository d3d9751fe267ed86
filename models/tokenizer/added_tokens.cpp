#include "models/tokenizer/added_tokens.hpp"

#include <cassert>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

UChar32 code_point(std::string_view text, std::size_t begin) {
  const std::string_view character = text.substr(begin, utf8_length(text[begin]));
  UChar32 result = 0;
  std::int32_t i = 0;
  U8_NEXT(character.data(), i, static_cast<std::int32_t>(character.size()), result);
  return result;
}

/// Where the character that ends at `end` begins.
std::size_t begin_before(std::string_view text, std::size_t end) {
  std::size_t begin = end - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
  return begin;
}

bool is_space(UChar32 character) {
  return character >= 0 && u_hasBinaryProperty(character, UCHAR_WHITE_SPACE) != 0;
}

/// A character of \w: letters, marks, decimal digits and connectors.
bool is_word(UChar32 character) {
  constexpr std::uint32_t categories = U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
  if (character < 0) return false;
  return u_hasBinaryProperty(character, UCHAR_ALPHABETIC) != 0 || (U_GET_GC_MASK(character) & categories) != 0;
}

bool touches_word(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin > 0 && is_word(code_point(text, begin_before(text, begin)))) ||
         (end < text.size() && is_word(code_point(text, end)));
}

std::size_t behind_space(std::string_view text, std::size_t begin) {
  while (begin < text.size() && is_space(code_point(text, begin))) begin += utf8_length(text[begin]);
  return begin;
}

std::size_t before_space(std::string_view text, std::size_t from, std::size_t end) {
  while (end > from && is_space(code_point(text, begin_before(text, end)))) end = begin_before(text, end);
  return end;
}

}  // namespace

void AddedTokens::add(std::string_view content, TokenId id, TokenSurroundings surroundings) {
  assert(!content.empty());
  first_bytes_[static_cast<unsigned char>(content.front())] = true;
  std::uint32_t node = 0;
  for (const char byte : content) {
    const auto [entry, fresh] = trie_[node].next.emplace(byte, static_cast<std::uint32_t>(trie_.size()));
    node = entry->second;
    if (fresh) trie_.emplace_back();
  }
  if (trie_[node].id >= 0) return;
  trie_[node].id = id;
  trie_[node].surroundings = surroundings;
}

std::optional<AddedTokens::Match> AddedTokens::match_at(std::string_view text, std::size_t begin) const {
  std::optional<Match> longest;
  if (!first_bytes_[static_cast<unsigned char>(text[begin])]) return longest;
  const Node* node = trie_.data();
  for (std::size_t i = begin; i < text.size(); ++i) {
    const auto next = node->next.find(text[i]);
    if (next == node->next.end()) break;
    node = &trie_[next->second];
    if (node->id >= 0) longest = {.begin = begin, .end = i + 1, .id = node->id, .surroundings = node->surroundings};
  }
  return longest;
}

std::optional<AddedTokens::Match> AddedTokens::find(std::string_view text, std::size_t from) const {
  for (std::size_t i = from; i < text.size();) {
    auto match = match_at(text, i);
    if (match && !(match->surroundings.single_word && touches_word(text, match->begin, match->end))) {
      if (match->surroundings.lstrip) match->begin = before_space(text, from, match->begin);
      if (match->surroundings.rstrip) match->end = behind_space(text, match->end);
      return match;
    }
    i = match ? match->end : i + 1;
  }
  return std::nullopt;
}

}  // namespace snnsim::models
