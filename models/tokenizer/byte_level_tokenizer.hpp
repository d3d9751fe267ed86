#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/tokenizer/added_tokens.hpp"
#include "models/tokenizer/byte_level_bpe.hpp"
#include "models/tokenizer/text_splitter.hpp"
#include "models/tokenizer/tokenizer.hpp"
#include "models/tokenizer/unicode_form.hpp"

namespace snnsim::models {

/// Everything that makes a byte-level tokenizer (GPT-2, LLaMA-3, Qwen2, SmolLM).
struct ByteLevelParts {
  ByteLevelTables tables;
  std::vector<std::string> texts;  // the bytes that each id decodes to
  AddedTokens literal;             // found in the text as it is given
  AddedTokens normalized;          // found in the normalized text
  std::vector<UnicodeForm> forms;  // normalization, one after the other
  std::vector<SplitRule> rules;    // the pre-tokenizer
  bool adds_prefix_space = false;  // in front of a stretch between added tokens that begins with another byte
  SpecialIds special;
  std::string description;
};

/// `file` is for messages only. Throws DataError for a rule that is no regular expression.
std::unique_ptr<Tokenizer> make_byte_level_tokenizer(ByteLevelParts parts, const std::string& file);

}  // namespace snnsim::models
