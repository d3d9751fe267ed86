#include "models/tokenizer/tokenizer.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::models {

TokenId Tokenizer::prefix_id() const {
  if (bos() >= 0) return bos();
  if (eos() >= 0) return eos();
  throw DataError("the tokenizer has neither a beginning- nor an end-of-sequence token to start an empty text from",
                  "name them in tokenizer_config.json (bos_token, eos_token), or start from a text");
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const {
  std::string text;
  TokenId previous = -1;
  for (const TokenId id : ids) {
    if (id < 0 || (id != bos() && id != eos())) text += decode_piece(previous, id);
    previous = id;
  }
  return text;
}

void Tokenizer::require_in_vocabulary(TokenId id) const {
  if (id >= 0 && static_cast<std::size_t>(id) < vocabulary_size()) return;
  throw DataError(fmt::format("token id {} is outside the vocabulary of {}", id, vocabulary_size()),
                  "decode with the tokenizer of the model that made the ids");
}

}  // namespace snnsim::models
