#include "models/tokenizer/scored_pieces.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/tokenizer/sentencepiece_tokenizer.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

using Ids = std::unordered_map<std::string_view, TokenId>;

constexpr std::size_t longest_merged_piece = 1024;  // bytes; every place to split it is tried

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw DataError(fmt::format("{}: {}", file, what), "fetch or convert the tokenizer again: no model uses such a one");
}

bool merges_make(PieceKind kind) {
  return kind == PieceKind::normal || kind == PieceKind::unused;
}

/// Rank of each score: equal scores share one, the highest is 0.
std::vector<std::uint32_t> ranks_of(const std::vector<Piece>& pieces) {
  std::vector<float> sorted;
  sorted.reserve(pieces.size());
  for (const Piece& piece : pieces) sorted.push_back(piece.score);
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<std::uint32_t> ranks;
  ranks.reserve(pieces.size());
  for (const Piece& piece : pieces) {
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), piece.score, std::greater<>());
    ranks.push_back(static_cast<std::uint32_t>(place - sorted.begin()));
  }
  return ranks;
}

void check(const std::vector<Piece>& pieces, const std::string& file) {
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    const Piece& piece = pieces[id];
    if (!std::isfinite(piece.score)) fail(file, fmt::format("the score of piece {} is {}", id, piece.score));
    if (merges_make(piece.kind) && piece.text.size() > longest_merged_piece) {
      fail(file, fmt::format("piece {} has {} bytes, more than {}", id, piece.text.size(), longest_merged_piece));
    }
    if (valid_utf8_prefix(piece.text) != piece.text.size()) {
      fail(file, fmt::format("piece {}, {}, is not valid UTF-8", id, in_quotes(piece.text)));
    }
  }
}

/// Symbols for the characters of pieces that are no pieces themselves: sentencepiece merges them all the same.
std::vector<std::string> characters_without_piece(const std::vector<Piece>& pieces, const Ids& ids) {
  std::vector<std::string> characters;
  for (const Piece& piece : pieces) {
    if (!merges_make(piece.kind)) continue;
    for (std::size_t i = 0; i < piece.text.size(); i += utf8_length(piece.text[i])) {
      const std::string_view character = std::string_view(piece.text).substr(i, utf8_length(piece.text[i]));
      if (!ids.contains(character)) characters.emplace_back(character);
    }
  }
  std::sort(characters.begin(), characters.end());
  characters.erase(std::unique(characters.begin(), characters.end()), characters.end());
  return characters;
}

/// Every way to make a piece of two symbols.
std::vector<Merge> merges_of(const std::vector<Piece>& pieces, const Ids& ids) {
  const std::vector<std::uint32_t> ranks = ranks_of(pieces);
  std::vector<Merge> merges;
  for (const auto& [text, merged] : ids) {
    if (static_cast<std::size_t>(merged) >= pieces.size()) continue;
    for (std::size_t i = 0; (i += utf8_length(text[i])) < text.size();) {
      const auto left = ids.find(text.substr(0, i));
      const auto right = ids.find(text.substr(i));
      if (left == ids.end() || right == ids.end()) continue;
      merges.push_back({.left = left->second, .right = right->second, .merged = merged, .rank = ranks[merged]});
    }
  }
  return merges;
}

std::vector<bool> undone(const std::vector<Piece>& pieces, std::size_t symbols) {
  std::vector<bool> result(symbols);
  for (std::size_t id = 0; id < pieces.size(); ++id) result[id] = pieces[id].kind == PieceKind::unused;
  const bool any = std::find(result.begin(), result.end(), true) != result.end();
  return any ? result : std::vector<bool>();
}

/// -1 everywhere if the vocabulary has no byte pieces at all.
std::array<TokenId, 256> byte_pieces(const std::vector<Piece>& pieces, const std::string& file) {
  std::vector<std::string> texts(pieces.size());
  bool any = false;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (pieces[id].kind != PieceKind::byte) continue;
    texts[id] = pieces[id].text;
    any = true;
  }
  if (any) return find_byte_pieces(texts, file);
  std::array<TokenId, 256> none{};
  none.fill(-1);
  return none;
}

}  // namespace

CharacterBpeTables scored_tables(const std::vector<Piece>& pieces, TokenId unknown, std::string space,
                                 const std::string& file) {
  check(pieces, file);
  CharacterBpeTables tables;
  tables.pieces = pieces.size();
  tables.symbols.resize(pieces.size());
  Ids ids;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (!merges_make(pieces[id].kind) || pieces[id].text.empty()) continue;
    if (ids.emplace(pieces[id].text, static_cast<TokenId>(id)).second) tables.symbols[id] = pieces[id].text;
  }
  const std::vector<std::string> more = characters_without_piece(pieces, ids);
  for (const std::string& character : more) {
    ids.emplace(character, static_cast<TokenId>(tables.symbols.size()));
    tables.symbols.push_back(character);
  }
  tables.merges = merges_of(pieces, ids);
  tables.undone = undone(pieces, tables.symbols.size());
  tables.byte_pieces = byte_pieces(pieces, file);
  tables.unknown = tables.byte_pieces[0] < 0 ? unknown : -1;
  tables.space = std::move(space);
  return tables;
}

}  // namespace snnsim::models
