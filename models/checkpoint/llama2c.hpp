#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "models/checkpoint/checkpoint.hpp"

namespace snnsim::models {

/// A checkpoint in llama2.c's legacy format: seven int32 (dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size,
/// seq_len; a negative vocab_size says that the LM head is stored), then fp32 arrays without names.
/// The weights are views into `bytes`; storage and files are left empty. `file` is for messages only.
Checkpoint read_llama2c(std::span<const std::byte> bytes, const std::string& file);

/// The same of a file, which stays mapped.
Checkpoint open_llama2c(const std::filesystem::path& path);

}  // namespace snnsim::models
