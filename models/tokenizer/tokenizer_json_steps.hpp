#pragma once

#include <cstdint>
#include <vector>

#include "models/checkpoint/json_fields.hpp"
#include "models/tokenizer/text_splitter.hpp"
#include "models/tokenizer/unicode_form.hpp"

namespace snnsim::models {

/// Where a tokenizer.json of LLaMA-2's kind puts a space in front of a stretch of text.
enum class SpacePrefix : std::uint8_t { never, always, unless_there, first_unless_there };

/// How a tokenizer.json of LLaMA-2's kind prepares a text: by its normalizer (Prepend, Replace) or by a pre-tokenizer
/// Metaspace.
struct SpaceRules {
  SpacePrefix prefix = SpacePrefix::never;
  bool late = false;    // spaces are written by the pre-tokenizer, after normalized added tokens were found
  bool splits = false;  // merges must not reach across the front of a space
};

/// How a byte-level tokenizer.json divides a text into words.
struct ByteLevelRules {
  std::vector<SplitRule> rules;
  bool adds_prefix_space = false;
};

/// Throw DataError naming a step of another kind.
SpaceRules read_space_rules(const JsonFields& whole);
std::vector<UnicodeForm> read_unicode_forms(const JsonFields& whole);
ByteLevelRules read_byte_level_rules(const JsonFields& whole);

/// Whether the pre-tokenizer has a step ByteLevel.
bool is_byte_level(const JsonFields& whole);

}  // namespace snnsim::models
