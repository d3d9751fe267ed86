#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizer/scored_pieces.hpp"
#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// How SentencePiece prepares a text; the fields of its NormalizerSpec and two of its TrainerSpec.
struct SentencePieceNormalization {
  bool add_dummy_prefix = true;             // a space in front of the text
  bool remove_extra_whitespaces = true;     // at both ends, and all but one of a run
  bool escape_whitespaces = true;           // a space is written U+2581
  bool treat_whitespace_as_suffix = false;  // the dummy space goes behind the text
  std::string character_map;                // see CharacterMap; empty: characters stay as they are
};

/// What a SentencePiece `.model` file says, checked: kinds are known, scores are numbers, ids are in range.
struct SentencePieceModel {
  std::vector<Piece> pieces;
  SentencePieceNormalization normalization;
  SpecialIds special;
  TokenId unknown = -1;
  std::string unknown_surface = " \u2047 ";  // what the unknown piece decodes to
};

/// Reads a SentencePiece model of the kind BPE (protobuf wire format). `file` is for messages only; throws DataError,
/// for the kinds unigram, word and char with what is read.
SentencePieceModel read_sentencepiece_model(std::string_view bytes, const std::string& file);

/// The tokenizer of a model. A text that looks like a control piece is plain text, as with the sentencepiece library;
/// user-defined pieces are found as they are written.
std::unique_ptr<Tokenizer> make_sentencepiece_tokenizer(const SentencePieceModel& model, std::string description,
                                                        const std::string& file);

}  // namespace snnsim::models
