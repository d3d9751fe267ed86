#include "models/tokenizer/byte_level_tokenizer.hpp"

#include <utility>

#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

class ByteLevelTokenizer final : public Tokenizer {
 public:
  ByteLevelTokenizer(ByteLevelParts parts, const std::string& file)
      : parts_(std::move(parts)), bpe_(std::move(parts_.tables)), splitter_(parts_.rules, file) {}

  std::vector<TokenId> encode(std::string_view text, bool with_bos) const override {
    require_utf8(text);
    std::vector<TokenId> ids;
    if (with_bos && parts_.special.bos >= 0) ids.push_back(parts_.special.bos);
    split_at_added_tokens(
        text, parts_.literal, [&](std::string_view part) { encode_part(part, ids); },
        [&](TokenId id) { ids.push_back(id); });
    return ids;
  }
  std::string decode_piece(TokenId, TokenId id) const override {
    require_in_vocabulary(id);
    return id == parts_.special.bos || id == parts_.special.eos ? "" : parts_.texts[static_cast<std::size_t>(id)];
  }
  std::size_t vocabulary_size() const override { return parts_.texts.size(); }
  TokenId bos() const override { return parts_.special.bos; }
  TokenId eos() const override { return parts_.special.eos; }
  bool adds_bos() const override { return parts_.special.adds_bos; }
  std::string description() const override { return parts_.description; }

 private:
  void encode_part(std::string_view text, std::vector<TokenId>& ids) const {
    std::string normal;
    for (const UnicodeForm form : parts_.forms) text = normal = in_unicode_form(text, form);
    split_at_added_tokens(
        text, parts_.normalized, [&](std::string_view part) { encode_words(part, ids); },
        [&](TokenId id) { ids.push_back(id); });
  }

  void encode_words(std::string_view text, std::vector<TokenId>& ids) const {
    if (!parts_.adds_prefix_space || text.starts_with(' ')) return bpe_.encode(splitter_.words(text), ids);
    const std::string prefixed = std::string(1, ' ').append(text);
    bpe_.encode(splitter_.words(prefixed), ids);
  }

  ByteLevelParts parts_;
  ByteLevelBpe bpe_;
  TextSplitter splitter_;
};

}  // namespace

std::unique_ptr<Tokenizer> make_byte_level_tokenizer(ByteLevelParts parts, const std::string& file) {
  return std::make_unique<ByteLevelTokenizer>(std::move(parts), file);
}

}  // namespace snnsim::models
