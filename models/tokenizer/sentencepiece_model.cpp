#include "models/tokenizer/sentencepiece_model.hpp"

#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/tokenizer/protobuf_reader.hpp"

namespace snnsim::models {
namespace {

// Field numbers of sentencepiece_model.proto.
enum ModelField { pieces_field = 1, trainer_field = 2, normalizer_field = 3 };
enum PieceField { text_field = 1, score_field = 2, kind_field = 3 };
enum TrainerField {
  model_type_field = 3,
  whitespace_as_suffix_field = 24,
  byte_fallback_field = 35,
  unknown_surface_field = 44,
  bos_piece_field = 46,
  eos_piece_field = 47,
};
enum NormalizerField { character_map_field = 2, dummy_prefix_field = 3, extra_whitespaces_field = 4, escape_field = 5 };

struct Trainer {
  std::uint64_t model_type = 1;
  bool byte_fallback = false;
  std::string bos_piece = "<s>";
  std::string eos_piece = "</s>";
};

[[noreturn]] void fail(const std::string& file, const std::string& what, const std::string& remedy) {
  throw DataError(fmt::format("{}: {}", file, what), remedy);
}

void require_bpe(std::uint64_t type, const std::string& file) {
  constexpr std::array<const char*, 5> names = {"0", "unigram", "BPE", "word", "char"};
  if (type == 2) return;
  fail(file, fmt::format("a SentencePiece model of the kind {}; BPE is read", type < 5 ? names[type] : "unknown"),
       "give the tokenizer of a LLaMA-type model; T5, ALBERT and XLNet use unigram models");
}

Piece read_piece(std::string_view message, const std::string& file) {
  Piece piece;
  ProtobufReader reader(message, file);
  while (const auto field = reader.next()) {
    if (field->number == text_field) piece.text = field->bytes();
    if (field->number == score_field) piece.score = field->single();
    if (field->number != kind_field) continue;
    if (field->whole() < 1 || field->whole() > 6) {
      fail(file, fmt::format("piece {} has the kind {}", in_quotes(piece.text), field->whole()),
           "fetch the file again");
    }
    piece.kind = static_cast<PieceKind>(field->whole());
  }
  if (piece.text.empty()) fail(file, "a piece is empty", "fetch the file again");
  return piece;
}

void read_trainer(std::string_view message, Trainer& trainer, SentencePieceModel& model, const std::string& file) {
  ProtobufReader reader(message, file);
  while (const auto field = reader.next()) {
    switch (field->number) {
      case model_type_field:
        trainer.model_type = field->whole();
        break;
      case whitespace_as_suffix_field:
        model.normalization.treat_whitespace_as_suffix = field->flag();
        break;
      case byte_fallback_field:
        trainer.byte_fallback = field->flag();
        break;
      case unknown_surface_field:
        model.unknown_surface = field->bytes();
        break;
      case bos_piece_field:
        trainer.bos_piece = field->bytes();
        break;
      case eos_piece_field:
        trainer.eos_piece = field->bytes();
        break;
      default:
        break;
    }
  }
}

void read_normalizer(std::string_view message, SentencePieceNormalization& normalization, const std::string& file) {
  ProtobufReader reader(message, file);
  while (const auto field = reader.next()) {
    if (field->number == character_map_field) normalization.character_map = field->bytes();
    if (field->number == dummy_prefix_field) normalization.add_dummy_prefix = field->flag();
    if (field->number == extra_whitespaces_field) normalization.remove_extra_whitespaces = field->flag();
    if (field->number == escape_field) normalization.escape_whitespaces = field->flag();
  }
}

TokenId find_piece(const std::vector<Piece>& pieces, PieceKind kind, std::string_view text) {
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (pieces[id].kind == kind && (text.empty() || pieces[id].text == text)) return static_cast<TokenId>(id);
  }
  return -1;
}

}  // namespace

SentencePieceModel read_sentencepiece_model(std::string_view bytes, const std::string& file) {
  SentencePieceModel model;
  Trainer trainer;
  ProtobufReader reader(bytes, file);
  while (const auto field = reader.next()) {
    if (field->number == pieces_field) model.pieces.push_back(read_piece(field->bytes(), file));
    if (field->number == trainer_field) read_trainer(field->bytes(), trainer, model, file);
    if (field->number == normalizer_field) read_normalizer(field->bytes(), model.normalization, file);
  }
  if (model.pieces.empty())
    fail(file, "no SentencePiece model: it holds no pieces", "give a SentencePiece .model file");
  require_bpe(trainer.model_type, file);
  model.special.bos = find_piece(model.pieces, PieceKind::control, trainer.bos_piece);
  model.special.eos = find_piece(model.pieces, PieceKind::control, trainer.eos_piece);
  model.special.adds_bos = model.special.bos >= 0;
  model.unknown = find_piece(model.pieces, PieceKind::unknown, "");
  if (model.unknown < 0) fail(file, "no piece stands for unknown characters", "fetch the file again");
  const bool has_bytes = find_piece(model.pieces, PieceKind::byte, "") >= 0;
  if (has_bytes != trainer.byte_fallback) {
    fail(file, "byte_fallback and the byte pieces of the vocabulary contradict each other", "fetch the file again");
  }
  return model;
}

}  // namespace snnsim::models
