#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizer/byte_fallback_bpe.hpp"
#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// The piece that stands for each byte, <0x00> to <0xFF>. Throws DataError if one is missing from the vocabulary.
std::array<TokenId, 256> find_byte_pieces(const std::vector<std::string>& pieces, const std::string& file);

/// The byte that a piece such as <0x0A> stands for; -1 for other pieces.
int byte_of_piece(std::string_view piece);

/// What tokenizers with SentencePiece's conventions share; how a text is prepared for encoding is theirs.
class SentencePieceTokenizer : public Tokenizer {
 public:
  /// The bytes of the piece, without its leading space at the start of a text (`previous` is -1 or bos). The ids bos
  /// and eos add nothing.
  std::string decode_piece(TokenId previous, TokenId id) const final;
  std::size_t vocabulary_size() const final { return texts_.size(); }
  TokenId bos() const final { return bos_; }
  TokenId eos() const final { return eos_; }

 protected:
  /// `space` is how the pieces write a space.
  SentencePieceTokenizer(const std::vector<std::string>& pieces, const std::vector<Merge>& merges, TokenId bos,
                         TokenId eos, const std::string& space, const std::string& file);

  const ByteFallbackBpe& bpe() const { return bpe_; }

 private:
  ByteFallbackBpe bpe_;
  std::vector<std::string> texts_;  // what each piece decodes to
  TokenId bos_;
  TokenId eos_;
};

}  // namespace snnsim::models
