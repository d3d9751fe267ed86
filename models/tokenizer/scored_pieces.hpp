#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/tokenizer/character_bpe.hpp"

namespace snnsim::models {

/// What a piece of a SentencePiece vocabulary is for; numbered as in its files and in GGUF's tokenizer.ggml.token_type.
enum class PieceKind : std::uint8_t {
  normal = 1,
  unknown = 2,       // stands for characters outside the vocabulary
  control = 3,       // never comes out of a text
  user_defined = 4,  // found in a text as it is written, before any merge
  unused = 5,        // merged, but taken apart again in the end
  byte = 6,          // <0xNN>
};

struct Piece {
  std::string text;
  float score = 0;
  PieceKind kind = PieceKind::normal;
};

/// The tables of SentencePiece's byte-pair encoding: of all neighbours whose texts together are a normal or unused
/// piece, those of the highest score merge first. Characters outside the vocabulary become byte pieces, or `unknown` if
/// the vocabulary has none. Throws DataError for scores that are no numbers, pieces that are too long to be words, a
/// vocabulary with some bytes only.
CharacterBpeTables scored_tables(const std::vector<Piece>& pieces, TokenId unknown, std::string space,
                                 const std::string& file);

}  // namespace snnsim::models
