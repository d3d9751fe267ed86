#include "models/tokenizer/sentencepiece_tokenizer.hpp"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::models {
namespace {

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  result.reserve(text.size() + text.size() / 2);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t found = std::min(text.find(from, begin), text.size());
    result += text.substr(begin, found - begin);
    if (found < text.size()) result += to;
    begin = found + from.size();
  }
  return result;
}

}  // namespace

int byte_of_piece(std::string_view piece) {
  if (piece.size() != 6 || !piece.starts_with("<0x") || !piece.ends_with('>')) return -1;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(piece.data() + 3, piece.data() + 5, value, 16);
  return error == std::errc{} && end == piece.data() + 5 ? static_cast<int>(value) : -1;
}

std::array<TokenId, 256> find_byte_pieces(const std::vector<std::string>& pieces, const std::string& file) {
  std::array<TokenId, 256> ids{};
  ids.fill(-1);
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (const int byte = byte_of_piece(pieces[id]); byte >= 0) ids[byte] = static_cast<TokenId>(id);
  }
  for (std::size_t byte = 0; byte < ids.size(); ++byte) {
    if (ids[byte] >= 0) continue;
    throw DataError(fmt::format("{}: the vocabulary lacks the piece <0x{:02X}>", file, byte),
                    "give the tokenizer of a LLaMA model, whose vocabulary has a piece for every byte");
  }
  return ids;
}

std::string decoded_piece(std::string_view piece, std::string_view space) {
  const int byte = byte_of_piece(piece);
  return byte < 0 ? replaced(piece, space, " ") : std::string(1, static_cast<char>(byte));
}

std::string with_written_spaces(std::string_view text, std::string_view space, bool prefix) {
  const std::string written = replaced(text, " ", space);
  return prefix ? std::string(space) + written : written;
}

SentencePieceTokenizer::SentencePieceTokenizer(CharacterBpeTables tables, std::vector<std::string> texts,
                                               SpecialIds special, bool drops_first_space)
    : bpe_(std::move(tables)), texts_(std::move(texts)), special_(special), drops_first_space_(drops_first_space) {}

std::string SentencePieceTokenizer::decode_piece(TokenId previous, TokenId id) const {
  require_in_vocabulary(id);
  if (id == special_.bos || id == special_.eos) return "";
  const std::string& text = texts_[static_cast<std::size_t>(id)];
  const bool at_start = previous < 0 || previous == special_.bos;
  return drops_first_space_ && at_start && text.starts_with(' ') ? text.substr(1) : text;
}

std::vector<TokenId> SentencePieceTokenizer::start(bool with_bos) const {
  if (with_bos && special_.bos >= 0) return {special_.bos};
  return {};
}

}  // namespace snnsim::models
