#include "models/tokenizer/gguf_tokenizer.hpp"

#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "models/checkpoint/in_quotes.hpp"
#include "models/tokenizer/byte_alphabet.hpp"
#include "models/tokenizer/byte_level_tokenizer.hpp"
#include "models/tokenizer/pre_tokenizers.hpp"
#include "models/tokenizer/sentencepiece_model.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

constexpr const char* tokens_key = "tokenizer.ggml.tokens";
constexpr const char* scores_key = "tokenizer.ggml.scores";
constexpr const char* kinds_key = "tokenizer.ggml.token_type";
constexpr const char* merges_key = "tokenizer.ggml.merges";

void check_length(const GgufMetadata& metadata, const char* key, std::size_t length, std::size_t tokens) {
  if (length < tokens) metadata.fail(fmt::format("{} has {} entries for {} tokens", key, length, tokens));
}

void read_kinds(const GgufMetadata& metadata, std::vector<Piece>& pieces) {
  if (!metadata.has(kinds_key)) return;
  const std::vector<std::int64_t> kinds = metadata.integers(kinds_key);
  check_length(metadata, kinds_key, kinds.size(), pieces.size());
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (kinds[id] >= 1 && kinds[id] <= 6) pieces[id].kind = static_cast<PieceKind>(kinds[id]);
  }
}

/// Unused pieces are as good as any here: only SentencePiece itself takes them apart.
void read_scores(const GgufMetadata& metadata, std::vector<Piece>& pieces) {
  const std::vector<float> scores = metadata.floats(scores_key);
  check_length(metadata, scores_key, scores.size(), pieces.size());
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    pieces[id].score = scores[id];
    if (pieces[id].kind == PieceKind::unused) pieces[id].kind = PieceKind::normal;
  }
}

std::vector<Piece> read_pieces(const GgufMetadata& metadata) {
  std::vector<Piece> pieces;
  for (const std::string_view text : metadata.texts(tokens_key)) {
    if (valid_utf8_prefix(text) != text.size()) {
      metadata.fail(fmt::format("{} holds {}, which is not valid UTF-8", tokens_key, in_quotes(text)));
    }
    pieces.push_back({.text = std::string(text)});
  }
  read_kinds(metadata, pieces);
  return pieces;
}

TokenId read_id(const GgufMetadata& metadata, const char* key, TokenId fallback, std::size_t tokens) {
  const std::int64_t id = metadata.has(key) ? metadata.integer(key) : fallback;
  if (id >= 0 && static_cast<std::size_t>(id) < tokens) return static_cast<TokenId>(id);
  if (metadata.has(key)) metadata.fail(fmt::format("{} is {}, but there are {} tokens", key, id, tokens));
  return -1;
}

SpecialIds read_special(const GgufMetadata& metadata, SpecialIds fallback, std::size_t tokens) {
  SpecialIds special;
  special.bos = read_id(metadata, "tokenizer.ggml.bos_token_id", fallback.bos, tokens);
  special.eos = read_id(metadata, "tokenizer.ggml.eos_token_id", fallback.eos, tokens);
  special.adds_bos = metadata.flag("tokenizer.ggml.add_bos_token", fallback.adds_bos) && special.bos >= 0;
  return special;
}

std::unique_ptr<Tokenizer> make_scored(const GgufMetadata& metadata) {
  SentencePieceModel model;
  model.pieces = read_pieces(metadata);
  read_scores(metadata, model.pieces);
  model.normalization.add_dummy_prefix = metadata.flag("tokenizer.ggml.add_space_prefix", true);
  model.normalization.remove_extra_whitespaces = false;
  model.special = read_special(metadata, {.bos = 1, .eos = 2, .adds_bos = true}, model.pieces.size());
  model.unknown = read_id(metadata, "tokenizer.ggml.unknown_token_id", 0, model.pieces.size());
  return make_sentencepiece_tokenizer(model, "GGUF llama (BPE by score, byte fallback)", metadata.file());
}

/// Symbols by the text that the file writes; those of merges that are no tokens come behind the tokens.
class WrittenSymbols {
 public:
  explicit WrittenSymbols(const std::vector<Piece>& pieces) {
    for (const Piece& piece : pieces) add(piece.kind == PieceKind::normal ? piece.text : std::string());
    pieces_ = bytes_.size();
  }

  TokenId find_or_add(const std::string& text) {
    const auto found = ids_.find(text);
    return found == ids_.end() ? add(text) : found->second;
  }
  std::size_t pieces() const { return pieces_; }
  const std::string& bytes(TokenId id) const { return bytes_[static_cast<std::size_t>(id)]; }
  std::vector<std::string> take_bytes() { return std::move(bytes_); }

 private:
  TokenId add(const std::string& text) {
    const auto id = static_cast<TokenId>(bytes_.size());
    bytes_.push_back(bytes_of_alphabet(text).value_or(""));
    if (!text.empty()) ids_.emplace(text, id);
    return id;
  }

  std::unordered_map<std::string, TokenId> ids_;
  std::vector<std::string> bytes_;
  std::size_t pieces_ = 0;
};

void read_merges(const GgufMetadata& metadata, ByteLevelTables& tables, const std::vector<Piece>& pieces) {
  WrittenSymbols symbols(pieces);
  for (const std::string_view merge : metadata.texts(merges_key)) {
    const std::size_t middle = merge.find(' ', 1);
    const auto rank = static_cast<std::uint32_t>(tables.merges.size());
    if (middle == std::string_view::npos || middle + 1 == merge.size()) {
      metadata.fail(fmt::format("the merge {} is no pair", in_quotes(merge)));
    }
    const std::string left(merge.substr(0, middle));
    const std::string right(merge.substr(middle + 1));
    tables.merges.push_back({.left = symbols.find_or_add(left),
                             .right = symbols.find_or_add(right),
                             .merged = symbols.find_or_add(left + right),
                             .rank = rank});
  }
  tables.pieces = symbols.pieces();
  tables.symbols = symbols.take_bytes();
}

std::unique_ptr<Tokenizer> make_byte_level(const GgufMetadata& metadata) {
  const std::string_view name = metadata.text("tokenizer.ggml.pre", "default");
  const PreTokenizer* pre_tokenizer = find_pre_tokenizer(name);
  if (pre_tokenizer == nullptr) {
    metadata.fail(fmt::format("tokenizer.ggml.pre is {}; known are {}", in_quotes(name), known_pre_tokenizers()));
  }
  const std::vector<Piece> pieces = read_pieces(metadata);
  ByteLevelParts parts;
  read_merges(metadata, parts.tables, pieces);
  parts.tables.ignore_merges = pre_tokenizer->ignore_merges;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    const Piece& piece = pieces[id];
    const bool written = piece.kind == PieceKind::normal && !parts.tables.symbols[id].empty();
    parts.texts.push_back(written ? parts.tables.symbols[id] : piece.text);
    if (piece.kind != PieceKind::user_defined || piece.text.empty()) continue;
    parts.literal.add(piece.text, static_cast<TokenId>(id));
  }
  parts.rules = pre_tokenizer->rules();
  parts.special = read_special(metadata, {.adds_bos = pre_tokenizer->adds_bos}, pieces.size());
  parts.description = fmt::format("GGUF gpt2 (byte-level BPE, pre-tokenizer {})", name);
  return make_byte_level_tokenizer(std::move(parts), metadata.file());
}

}  // namespace

std::unique_ptr<Tokenizer> make_gguf_tokenizer(const GgufMetadata& metadata) {
  const std::string_view kind = metadata.text("tokenizer.ggml.model");
  if (kind == "llama") return make_scored(metadata);
  if (kind == "gpt2") return make_byte_level(metadata);
  metadata.fail(fmt::format("tokenizer.ggml.model is {}; llama and gpt2 are read", in_quotes(kind)));
}

}  // namespace snnsim::models
