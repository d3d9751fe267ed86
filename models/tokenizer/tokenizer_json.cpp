#include "models/tokenizer/tokenizer_json.hpp"

#include "models/tokenizer/added_tokens.hpp"
#include "models/tokenizer/sentencepiece_tokenizer.hpp"
#include "models/tokenizer/tokenizer_json_parts.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

/// A text with its spaces as the vocabulary writes them.
std::string normalized(std::string_view text, bool prepend_space) {
  std::string result;
  result.reserve(text.size() + text.size() / 2 + written_space.size());
  if (prepend_space) result += written_space;
  for (const char character : text) {
    if (character == ' ') {
      result += written_space;
    } else {
      result += character;
    }
  }
  return result;
}

class TokenizerJson final : public SentencePieceTokenizer {
 public:
  TokenizerJson(const TokenizerParts& parts, const std::string& file)
      : SentencePieceTokenizer(parts.pieces, parts.merges, parts.bos, parts.eos, std::string(written_space), file),
        prepends_space_(parts.prepends_space) {
    for (const AddedToken& token : parts.added) {
      if (token.normalized) {
        normalized_.add(normalized(token.content, prepends_space_), token.id);
      } else {
        literal_.add(token.content, token.id);
      }
    }
  }

  std::vector<TokenId> encode(std::string_view text, bool with_bos) const override {
    require_utf8(text);
    std::vector<TokenId> ids;
    if (with_bos) ids.push_back(bos());
    split_at_added_tokens(
        text, literal_, [&](std::string_view part) { encode_part(part, ids); }, [&](TokenId id) { ids.push_back(id); });
    return ids;
  }
  std::string description() const override { return "tokenizer.json (BPE, byte fallback)"; }

 private:
  void encode_part(std::string_view text, std::vector<TokenId>& ids) const {
    split_at_added_tokens(
        normalized(text, prepends_space_), normalized_, [&](std::string_view part) { bpe().encode(part, ids); },
        [&](TokenId id) { ids.push_back(id); });
  }

  bool prepends_space_;
  AddedTokens literal_;     // found in the text as given
  AddedTokens normalized_;  // found in the normalized text
};

}  // namespace

std::unique_ptr<Tokenizer> read_tokenizer_json(std::string_view text, const std::string& file) {
  return std::make_unique<TokenizerJson>(read_tokenizer_parts(text, file), file);
}

}  // namespace snnsim::models
