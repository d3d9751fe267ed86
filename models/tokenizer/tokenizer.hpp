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

/// Text to token ids and back.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// Ids of one UTF-8 text, with the beginning-of-sequence id in front if `bos`. Throws DataError with the byte offset
  /// when the text is not valid UTF-8.
  virtual std::vector<TokenId> encode(std::string_view text, bool bos) const = 0;
  /// The bytes that `id` adds to a text that already ends with `previous` (-1: at the start of the text): SentencePiece
  /// models drop the space they put before the first word. Throws DataError when an id is outside the vocabulary.
  virtual std::string decode_piece(TokenId previous, TokenId id) const = 0;
  virtual std::size_t vocabulary_size() const = 0;
  virtual TokenId bos() const = 0;
  virtual TokenId eos() const = 0;
  /// e.g. "tokenizer.json (BPE, byte fallback)".
  virtual std::string description() const = 0;

  /// The text of a sequence; bos and eos ids are left out.
  std::string decode(std::span<const TokenId> ids) const;
};

/// Opens tokenizer.json (LLaMA-2 style byte-fallback BPE) or llama2.c's tokenizer.bin. For a `.bin` the vocabulary size
/// is not stored and must be given; for a directory, the tokenizer inside it is taken.
/// Throws DataError (missing: names the files that were looked for).
std::unique_ptr<Tokenizer> open_tokenizer(const std::filesystem::path& path, std::size_t vocabulary_size);

/// Where the tokenizer of a checkpoint is: `given` if not empty, else beside the checkpoint
/// (DIR/tokenizer.json; for model.bin: tokenizer.bin, tok<vocabulary>.bin in the same folder).
std::filesystem::path find_tokenizer(const std::filesystem::path& checkpoint, const std::filesystem::path& given,
                                     std::size_t vocabulary_size);

}  // namespace snnsim::models
