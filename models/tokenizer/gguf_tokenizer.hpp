#pragma once

#include <memory>

#include "models/checkpoint/gguf_metadata.hpp"
#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {

/// The vocabulary in a GGUF file, of the kinds `llama` (SentencePiece's byte-pair encoding by score) and `gpt2`
/// (byte-level, with the pre-tokenizer named by tokenizer.ggml.pre). As with llama.cpp's own conformance cases, a text
/// that looks like a control token is plain text, and user-defined tokens are found as they are written.
/// Throws DataError that names the key; for other kinds and pre-tokenizers with those that are known.
std::unique_ptr<Tokenizer> make_gguf_tokenizer(const GgufMetadata& metadata);

}  // namespace snnsim::models
