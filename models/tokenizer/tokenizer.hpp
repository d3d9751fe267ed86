#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snnsim::models {

using TokenId = std::int32_t;

/// The ids that stand for no text, -1 where a vocabulary has none, and whether its own rule puts bos before a text.
struct SpecialIds {
  TokenId bos = -1;
  TokenId eos = -1;
  bool adds_bos = false;
};

/// Text to token ids and back.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Ids of one UTF-8 text, with the beginning-of-sequence id in front if `bos` and the vocabulary has one. An
  /// end-of-sequence id is never added. Throws DataError with the byte offset when the text is not valid UTF-8.
  virtual std::vector<TokenId> encode(std::string_view text, bool bos) const = 0;
  /// The bytes that `id` adds to a text that already ends with `previous` (-1: at the start of the text): SentencePiece
  /// models drop the space they put before the first word. One id may hold a part of a character only. Throws DataError
  /// when an id is outside the vocabulary.
  virtual std::string decode_piece(TokenId previous, TokenId id) const = 0;
  /// One more than the highest id.
  virtual std::size_t vocabulary_size() const = 0;
  /// -1 if there is none.
  virtual TokenId bos() const = 0;
  virtual TokenId eos() const = 0;
  /// What the first token of a text is predicted from: bos, or eos where there is none (lm-evaluation-harness). Throws
  /// DataError when there is neither.
  TokenId prefix_id() const;
  /// Whether the tokenizer's own files ask for bos before a text.
  virtual bool adds_bos() const { return bos() >= 0; }
  /// e.g. "tokenizer.json (BPE, byte fallback)".
  virtual std::string description() const = 0;

  /// The text of a sequence; bos and eos ids are left out.
  std::string decode(std::span<const TokenId> ids) const;

 protected:
  void require_in_vocabulary(TokenId id) const;
};

/// Opens a tokenizer by its name: *.json (tokenizer.json; tokenizer_config.json beside it is read too), *.model
/// (SentencePiece), *.gguf (the vocabulary inside), *.bin (llama2.c); for a directory, the one inside it. See
/// docs/formats.md for the kinds that are read.
/// `vocabulary_size` is the number of rows of the model's embedding; 0: not known. Throws DataError (missing: names the
/// files that were looked for; another vocabulary size: both).
std::unique_ptr<Tokenizer> open_tokenizer(const std::filesystem::path& path, std::size_t vocabulary_size);

/// Where the tokenizer of a checkpoint is: `given` if not empty; in a directory tokenizer.json or tokenizer.model; a
/// GGUF file itself; for model.bin tok<vocabulary>.bin, tokenizer.bin, tokenizer.json or tokenizer.model in the same
/// folder. Throws DataError that names the files that were looked for.
std::filesystem::path find_tokenizer(const std::filesystem::path& checkpoint, const std::filesystem::path& given,
                                     std::size_t vocabulary_size);

}  // namespace snnsim::models
