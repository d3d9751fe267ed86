#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "models/checkpoint/write_safetensors.hpp"
#include "tests/support/naive_llama.hpp"

namespace snnsim::tests {

/// Writes tensors as Hugging Face does: model.safetensors, or `shards` files and their index.
void write_tensors(const std::filesystem::path& folder, const std::vector<models::NamedTensor>& tensors,
                   std::size_t shards);

/// Writes a checkpoint of random weights with this config.json (Qwen2 gets its biases) and returns the weights as they
/// are stored, that is, rounded to `type`.
NamedValues write_random_directory(const std::filesystem::path& folder, const nlohmann::json& config,
                                   models::DataType type, std::size_t shards);

}  // namespace snnsim::tests
