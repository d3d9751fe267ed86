#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// Hugging Face's tokenizer.json in the style of LLaMA-2: BPE with byte fallback, a normalizer that puts ▁ in front and
/// writes spaces as ▁, no pre-tokenizer; bos and eos are <s> and </s>. Added tokens are found in the text as they are
/// written, those with "normalized": true after normalization.
/// `file` is for messages only; throws DataError, for other kinds with the kinds that are read.
std::unique_ptr<Tokenizer> read_tokenizer_json(std::string_view text, const std::string& file);

}  // namespace snnsim::models
