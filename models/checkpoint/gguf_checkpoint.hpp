#pragma once

#include <filesystem>

#include "models/checkpoint/checkpoint.hpp"
#include "models/checkpoint/gguf.hpp"

namespace snnsim::models {

/// The configuration in the metadata of a GGUF file of architecture llama (LLaMA, TinyLlama, Mistral, SmolLM) or qwen2.
/// Rows of llama's query and key matrices are stored so that a rotary embedding turns neighbours (RopeLayout::pairs).
/// Throws DataError for another architecture and for settings that change the computation and are not read.
LlamaConfig read_gguf_config(const Gguf& gguf);

/// The weights of a GGUF file, every shape checked against the metadata; the factors in rope_freqs.weight, if there,
/// divide the rotary frequencies. Throws DataError as assemble_huggingface does. `file` is for messages only.
Checkpoint assemble_gguf(const Gguf& gguf, const std::string& file);

/// The same of a file, which stays mapped.
Checkpoint open_gguf_checkpoint(const std::filesystem::path& path);

}  // namespace snnsim::models
