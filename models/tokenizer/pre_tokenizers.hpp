#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizer/text_splitter.hpp"

namespace snnsim::models {

/// GPT-2's rule, which tokenizer.json calls ByteLevel with use_regex.
extern const char* const gpt2_pattern;

/// What a pre-tokenizer name of GGUF (tokenizer.ggml.pre) stands for.
struct PreTokenizer {
  std::vector<std::string> patterns;  // matches and the text between them are words, one pattern after the other
  bool ignore_merges = false;         // see ByteLevelTables
  bool adds_bos = false;              // unless the file says otherwise

  std::vector<SplitRule> rules() const;
};

/// nullptr for a name that is not known.
const PreTokenizer* find_pre_tokenizer(std::string_view name);

/// All names, sorted, divided by commas.
std::string known_pre_tokenizers();

}  // namespace snnsim::models
