#include <utility>

#include "models/tokenizer/added_tokens.hpp"
#include "models/tokenizer/sentencepiece_model.hpp"
#include "models/tokenizer/sentencepiece_normalizer.hpp"
#include "models/tokenizer/sentencepiece_tokenizer.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

AddedTokens user_defined(const std::vector<Piece>& pieces) {
  AddedTokens tokens;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    const Piece& piece = pieces[id];
    if (piece.kind == PieceKind::user_defined && !piece.text.empty()) tokens.add(piece.text, static_cast<TokenId>(id));
  }
  return tokens;
}

std::vector<std::string> decoded_pieces(const SentencePieceModel& model, std::string_view space) {
  std::vector<std::string> texts;
  texts.reserve(model.pieces.size());
  for (const Piece& piece : model.pieces) {
    if (piece.kind == PieceKind::control) {
      texts.emplace_back();
    } else if (piece.kind == PieceKind::unknown) {
      texts.push_back(model.unknown_surface);
    } else {
      texts.push_back(decoded_piece(piece.text, space));
    }
  }
  return texts;
}

std::string_view space_of(const SentencePieceNormalization& rules) {
  return rules.escape_whitespaces ? written_space : std::string_view(" ");
}

class SentencePieceModelTokenizer final : public SentencePieceTokenizer {
 public:
  SentencePieceModelTokenizer(const SentencePieceModel& model, std::string description, const std::string& file)
      : SentencePieceTokenizer(
            scored_tables(model.pieces, model.unknown, std::string(space_of(model.normalization)), file),
            decoded_pieces(model, space_of(model.normalization)), model.special, model.normalization.add_dummy_prefix),
        user_defined_(user_defined(model.pieces)),
        normalizer_(model.normalization, user_defined_, file),
        description_(std::move(description)) {}

  std::vector<TokenId> encode(std::string_view text, bool with_bos) const override {
    require_utf8(text);
    std::vector<TokenId> ids = start(with_bos);
    split_at_added_tokens(
        normalizer_.normalized(text), user_defined_, [&](std::string_view part) { bpe().encode(part, ids); },
        [&](TokenId id) { ids.push_back(id); });
    return ids;
  }
  std::string description() const override { return description_; }

 private:
  AddedTokens user_defined_;
  SentencePieceNormalizer normalizer_;
  std::string description_;
};

}  // namespace

std::unique_ptr<Tokenizer> make_sentencepiece_tokenizer(const SentencePieceModel& model, std::string description,
                                                        const std::string& file) {
  return std::make_unique<SentencePieceModelTokenizer>(model, std::move(description), file);
}

}  // namespace snnsim::models
