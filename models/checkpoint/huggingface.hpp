#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "models/checkpoint/checkpoint.hpp"
#include "models/checkpoint/safetensors.hpp"

namespace snnsim::models {

/// The configuration in the text of a config.json of LLaMA, Mistral or Qwen2 (TinyLlama and SmolLM say llama).
/// Throws DataError for another model_type and for settings that change the computation and are not read (other scaling
/// of rotary embeddings, other biases, another activation). A sliding attention window is read as the longest context,
/// within which it hides nothing.
LlamaConfig read_llama_config(std::string_view text, const std::string& file);

/// A checkpoint of tensors by their Hugging Face names, every shape checked against the configuration. The embedding is
/// the LM head when the configuration says so or lm_head.weight is absent. Throws DataError for a missing tensor and
/// for one that is no part of a LLaMA decoder. `file` is for messages only; files and storage are left empty.
Checkpoint assemble_huggingface(const LlamaConfig& config, const TensorMap& tensors, const std::string& file);

/// Opens config.json and model.safetensors, or the shards that model.safetensors.index.json names.
Checkpoint open_huggingface(const std::filesystem::path& folder);

}  // namespace snnsim::models
