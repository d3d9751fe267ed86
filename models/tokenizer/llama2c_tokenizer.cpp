#include "models/tokenizer/llama2c_tokenizer.hpp"

#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/tokenizer/scored_pieces.hpp"
#include "models/tokenizer/sentencepiece_tokenizer.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

constexpr TokenId bos_id = 1;
constexpr TokenId eos_id = 2;
constexpr std::size_t control_pieces = 3;
constexpr std::int32_t longest_piece = 1024;  // every split of a piece is tried: a damaged length must not cost hours

[[noreturn]] void fail(const std::string& file, const std::string& what) {
  throw DataError(fmt::format("{}: {}", file, what),
                  "give the llama2.c tokenizer that the model was exported with, or fetch it again");
}

class PieceReader {
 public:
  PieceReader(std::span<const std::byte> bytes, const std::string& file) : rest_(bytes), file_(file) {}

  template <typename Number>
  Number number() {
    Number value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string text(std::int32_t length) {
    if (length < 0 || length > longest_piece) fail(file_, fmt::format("a piece has the length {}", length));
    const auto bytes = take(static_cast<std::size_t>(length));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  std::size_t rest() const { return rest_.size(); }

 private:
  std::span<const std::byte> take(std::size_t count) {
    if (count > rest_.size()) fail(file_, "the file ends inside a piece, or holds fewer pieces than the model");
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  std::span<const std::byte> rest_;
  const std::string& file_;
};

PieceKind kind_of(std::size_t id, std::string_view text) {
  if (id < control_pieces) return PieceKind::control;
  return byte_of_piece(text) < 0 ? PieceKind::normal : PieceKind::byte;
}

std::vector<Piece> read_pieces(std::span<const std::byte> bytes, std::size_t count, const std::string& file) {
  PieceReader reader(bytes, file);
  reader.number<std::int32_t>();  // the longest piece: only readers with fixed buffers need it
  std::vector<Piece> pieces;
  for (std::size_t id = 0; count == 0 ? reader.rest() > 0 : id < count; ++id) {
    Piece piece;
    piece.score = reader.number<float>();
    piece.text = reader.text(reader.number<std::int32_t>());
    piece.kind = kind_of(id, piece.text);
    pieces.push_back(std::move(piece));
  }
  if (reader.rest() > 0) fail(file, fmt::format("{} bytes follow the model's {} pieces", reader.rest(), count));
  return pieces;
}

CharacterBpeTables tables_of(const std::vector<Piece>& pieces, const std::string& file) {
  const TokenId no_unknown = -1;
  CharacterBpeTables tables = scored_tables(pieces, no_unknown, " ", file);
  if (tables.byte_pieces[0] < 0) fail(file, "the vocabulary lacks the piece <0x00>");
  return tables;
}

std::vector<std::string> decoded_pieces(const std::vector<Piece>& pieces) {
  std::vector<std::string> texts;
  texts.reserve(pieces.size());
  for (const Piece& piece : pieces) texts.push_back(decoded_piece(piece.text, " "));
  return texts;
}

class Llama2cTokenizer final : public SentencePieceTokenizer {
 public:
  Llama2cTokenizer(const std::vector<Piece>& pieces, const std::string& file)
      : SentencePieceTokenizer(tables_of(pieces, file), decoded_pieces(pieces),
                               {.bos = bos_id, .eos = eos_id, .adds_bos = true}, true) {}

  std::vector<TokenId> encode(std::string_view text, bool with_bos) const override {
    require_utf8(text);
    std::vector<TokenId> ids = start(with_bos);
    if (!text.empty()) bpe().encode(std::string(1, ' ').append(text), ids);
    return ids;
  }
  std::string description() const override { return "tokenizer.bin (llama2.c, BPE by score, byte fallback)"; }
};

}  // namespace

std::unique_ptr<Tokenizer> read_llama2c_tokenizer(std::span<const std::byte> bytes, std::size_t vocabulary_size,
                                                  const std::string& file) {
  return std::make_unique<Llama2cTokenizer>(read_pieces(bytes, vocabulary_size, file), file);
}

}  // namespace snnsim::models
