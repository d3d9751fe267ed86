#include "models/tokenizer/sentencepiece_normalizer.hpp"

#include "models/tokenizer/sentencepiece_tokenizer.hpp"

namespace snnsim::models {

SentencePieceNormalizer::SentencePieceNormalizer(const SentencePieceNormalization& rules, const AddedTokens& kept,
                                                 const std::string& file)
    : rules_(rules),
      map_(rules.character_map, file),
      kept_(kept),
      space_(rules.escape_whitespaces ? written_space : std::string_view(" ")) {}

CharacterMap::Match SentencePieceNormalizer::match(std::string_view text) const {
  if (const auto token = kept_.match_at(text, 0)) return {token->end, text.substr(0, token->end)};
  return map_.match(text);
}

std::string SentencePieceNormalizer::normalized(std::string_view text) const {
  std::string result;
  result.reserve(text.size() + text.size() / 2);
  if (rules_.remove_extra_whitespaces) {
    for (; !text.empty() && match(text).replacement == " ";) text.remove_prefix(match(text).length);
  }
  if (text.empty()) return result;
  if (rules_.add_dummy_prefix && !rules_.treat_whitespace_as_suffix) result += space_;
  bool behind_space = rules_.remove_extra_whitespaces;
  while (!text.empty()) {
    const CharacterMap::Match part = match(text);
    append(part.replacement, behind_space, result);
    text.remove_prefix(part.length);
  }
  while (rules_.remove_extra_whitespaces && result.ends_with(space_)) result.resize(result.size() - space_.size());
  if (rules_.add_dummy_prefix && rules_.treat_whitespace_as_suffix) result += space_;
  return result;
}

void SentencePieceNormalizer::append(std::string_view part, bool& behind_space, std::string& result) const {
  while (behind_space && part.starts_with(' ')) part.remove_prefix(1);
  for (const char character : part) {
    if (character == ' ') {
      result += space_;
    } else {
      result += character;
    }
  }
  if (!part.empty()) behind_space = rules_.remove_extra_whitespaces && part.ends_with(' ');
}

}  // namespace snnsim::models
