#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizer/byte_fallback_bpe.hpp"

namespace snnsim::models {

/// How LLaMA-2's tokenizer.json writes a space: U+2581.
inline constexpr std::string_view written_space = "\u2581";

/// A token that is found in the text as it is written, before any merge.
struct AddedToken {
  std::string content;
  TokenId id = 0;
  bool normalized = false;  // found in the normalized text, as its own normalized content
};

/// Everything that a LLaMA-2 style tokenizer.json says, checked: ids are 0..pieces.size()-1, merges join pieces of the
/// vocabulary into one.
struct TokenizerParts {
  std::vector<std::string> pieces;  // by id, added tokens included
  std::vector<Merge> merges;
  std::vector<AddedToken> added;
  bool prepends_space = false;
  TokenId bos = 0;
  TokenId eos = 0;
};

/// Throws DataError; for tokenizers of other kinds it says which kinds are read. `file` is for messages only.
TokenizerParts read_tokenizer_parts(std::string_view text, const std::string& file);

}  // namespace snnsim::models
