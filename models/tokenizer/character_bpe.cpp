#include "models/tokenizer/character_bpe.hpp"

#include <algorithm>
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

CharacterBpe::CharacterBpe(CharacterBpeTables tables) : tables_(std::move(tables)), merges_(tables_.merges) {
  ascii_.fill(-1);
  for (std::size_t id = 0; id < tables_.symbols.size(); ++id) {
    const std::string& symbol = tables_.symbols[id];
    if (!is_one_character(symbol)) continue;
    const auto [entry, fresh] = characters_.emplace(packed(symbol), static_cast<TokenId>(id));
    if (symbol.size() == 1) ascii_[static_cast<unsigned char>(symbol.front()) & 0x7FU] = entry->second;
  }
  merges_cross_spaces_ = std::any_of(tables_.merges.begin(), tables_.merges.end(), [&](const Merge& merge) {
    return holds_space_behind_character(tables_.symbols[static_cast<std::size_t>(merge.merged)], tables_.space);
  });
  tables_.merges = {};
}

void CharacterBpe::encode(std::string_view text, std::vector<TokenId>& ids) const {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) {
    throw DataError("a text of more than 4 GiB cannot be encoded at once", "split the text into documents");
  }
  const std::size_t before = ids.size();
  PairMerger merger(merges_, tables_.undone);
  WordCache cache;
  std::vector<TokenId> symbols;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = stretch_end(text, begin);
    cache.append(text.substr(begin, end - begin), ids, [&](std::string_view word, std::vector<TokenId>& out) {
      split(word, symbols);
      merger.merge(symbols);
      append_pieces(symbols, out);
    });
    begin = end;
  }
  join_unknown(ids, before);
}

TokenId CharacterBpe::character(std::string_view text) const {
  if (text.size() == 1) return ascii_[static_cast<unsigned char>(text.front()) & 0x7FU];
  const auto found = characters_.find(packed(text));
  return found == characters_.end() ? -1 : found->second;
}

std::size_t CharacterBpe::stretch_end(std::string_view text, std::size_t begin) const {
  if (merges_cross_spaces_) return text.size();
  while (text.substr(begin).starts_with(tables_.space)) begin += tables_.space.size();
  return std::min(text.find(tables_.space, begin), text.size());
}

void CharacterBpe::split(std::string_view text, std::vector<TokenId>& symbols) const {
  symbols.clear();
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view one = text.substr(i, utf8_length(text[i]));
    const TokenId id = character(one);
    if (id >= 0) {
      symbols.push_back(id);
    } else {
      append_unknown(one, symbols);
    }
    i += one.size();
  }
}

void CharacterBpe::append_unknown(std::string_view character, std::vector<TokenId>& ids) const {
  for (const char byte : character) {
    const TokenId piece = tables_.byte_pieces[static_cast<unsigned char>(byte)];
    if (piece >= 0 || tables_.unknown >= 0) ids.push_back(piece >= 0 ? piece : tables_.unknown);
  }
}

void CharacterBpe::append_pieces(const std::vector<TokenId>& symbols, std::vector<TokenId>& ids) const {
  for (const TokenId symbol : symbols) {
    if (static_cast<std::size_t>(symbol) < tables_.pieces) {
      ids.push_back(symbol);
    } else {
      append_unknown(tables_.symbols[static_cast<std::size_t>(symbol)], ids);
    }
  }
}

void CharacterBpe::join_unknown(std::vector<TokenId>& ids, std::size_t from) const {
  const auto both_unknown = [&](TokenId a, TokenId b) { return a == tables_.unknown && b == tables_.unknown; };
  if (tables_.unknown < 0) return;
  ids.erase(std::unique(ids.begin() + static_cast<std::ptrdiff_t>(from), ids.end(), both_unknown), ids.end());
}

}  // namespace snnsim::models
