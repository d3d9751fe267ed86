#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizer/character_bpe.hpp"
#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// How SentencePiece vocabularies write a space: U+2581.
inline constexpr std::string_view written_space = "\u2581";

/// The byte that a piece such as <0x0A> stands for; -1 for other pieces.
int byte_of_piece(std::string_view piece);

/// The piece that stands for each byte, <0x00> to <0xFF>. Throws DataError if one is missing from the vocabulary.
std::array<TokenId, 256> find_byte_pieces(const std::vector<std::string>& pieces, const std::string& file);

/// The bytes that a piece stands for: its text with plain spaces, or the byte of <0xNN>.
std::string decoded_piece(std::string_view piece, std::string_view space);

/// A text with each space written as `space`, one more in front if `prefix`.
std::string with_written_spaces(std::string_view text, std::string_view space, bool prefix);

/// What tokenizers with SentencePiece's conventions share; how a text is prepared for encoding is theirs.
class SentencePieceTokenizer : public Tokenizer {
 public:
  /// The bytes of the piece; without its leading space at the start of a text (`previous` is -1 or bos) if encoding
  /// puts one there. The ids bos and eos add nothing.
  std::string decode_piece(TokenId previous, TokenId id) const final;
  std::size_t vocabulary_size() const final { return texts_.size(); }
  TokenId bos() const final { return special_.bos; }
  TokenId eos() const final { return special_.eos; }
  bool adds_bos() const final { return special_.adds_bos; }

 protected:
  /// `texts[id]` is what a piece decodes to.
  SentencePieceTokenizer(CharacterBpeTables tables, std::vector<std::string> texts, SpecialIds special,
                         bool drops_first_space);

  const CharacterBpe& bpe() const { return bpe_; }
  /// The ids that a text starts with: bos if it is wanted and there is one.
  std::vector<TokenId> start(bool with_bos) const;

 private:
  CharacterBpe bpe_;
  std::vector<std::string> texts_;
  SpecialIds special_;
  bool drops_first_space_;
};

}  // namespace snnsim::models
