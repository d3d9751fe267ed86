#include "models/tokenizer/sentencepiece_tokenizer.hpp"

#include <charconv>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::models {
namespace {

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t found = std::min(text.find(from, begin), text.size());
    result += text.substr(begin, found - begin);
    if (found < text.size()) result += to;
    begin = found + from.size();
  }
  return result;
}

std::string decoded(std::string_view piece, std::string_view space) {
  const int byte = byte_of_piece(piece);
  return byte < 0 ? replaced(piece, space, " ") : std::string(1, static_cast<char>(byte));
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

SentencePieceTokenizer::SentencePieceTokenizer(const std::vector<std::string>& pieces, const std::vector<Merge>& merges,
                                               TokenId bos, TokenId eos, const std::string& space,
                                               const std::string& file)
    : bpe_(pieces, merges, find_byte_pieces(pieces, file), space), bos_(bos), eos_(eos) {
  texts_.reserve(pieces.size());
  for (const std::string& piece : pieces) texts_.push_back(decoded(piece, space));
}

std::string SentencePieceTokenizer::decode_piece(TokenId previous, TokenId id) const {
  if (id < 0 || static_cast<std::size_t>(id) >= texts_.size()) {
    throw DataError(fmt::format("token id {} is outside the vocabulary of {}", id, texts_.size()),
                    "decode with the tokenizer of the model that made the ids");
  }
  if (id == bos_ || id == eos_) return "";
  const std::string& text = texts_[static_cast<std::size_t>(id)];
  const bool at_start = previous < 0 || previous == bos_;
  return at_start && text.starts_with(' ') ? text.substr(1) : text;
}

}  // namespace snnsim::models
