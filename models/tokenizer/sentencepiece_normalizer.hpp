#pragma once

#include <string>
#include <string_view>

#include "models/tokenizer/added_tokens.hpp"
#include "models/tokenizer/character_map.hpp"
#include "models/tokenizer/sentencepiece_model.hpp"

namespace snnsim::models {

/// Prepares a text as SentencePiece does before it is encoded.
class SentencePieceNormalizer {
 public:
  /// `kept` are found in the text as they are and pass the character map unchanged; it must outlive the object.
  SentencePieceNormalizer(const SentencePieceNormalization& rules, const AddedTokens& kept, const std::string& file);

  /// How a space is written.
  std::string_view space() const { return space_; }
  /// The text must be valid UTF-8; the result is, too, unless the file's replacements are not.
  std::string normalized(std::string_view text) const;

 private:
  CharacterMap::Match match(std::string_view text) const;
  void append(std::string_view part, bool& behind_space, std::string& result) const;

  SentencePieceNormalization rules_;
  CharacterMap map_;
  const AddedTokens& kept_;
  std::string_view space_;
};

}  // namespace snnsim::models
