#include "models/tokenizer/tokenizer.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::models {

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
