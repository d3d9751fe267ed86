#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "models/tokenizer/tokenizer.hpp"
#include "models/tokenizer/tokenizer_config.hpp"

namespace snnsim::models {

/// Hugging Face's tokenizer.json with a model BPE, of two kinds:
/// LLaMA-2's: byte fallback, spaces written as U+2581 by the normalizer (Prepend, Replace) or by a pre-tokenizer
/// Metaspace. Byte-level (GPT-2, LLaMA-3, Qwen2, SmolLM): a normalizer of Unicode forms, a pre-tokenizer of the steps
/// Split, Digits, Punctuation with ByteLevel last, ignore_merges.
/// Added tokens, also the special ones, are found in the text as they are written, those with "normalized": true after
/// normalization. `config` is what lies beside it. `file` is for messages only; throws DataError, for other kinds with
/// the kinds that are read.
std::unique_ptr<Tokenizer> read_tokenizer_json(std::string_view text, const std::string& file,
                                               const TokenizerConfig& config = {});

}  // namespace snnsim::models
