#pragma once

#include <filesystem>

#include "models/checkpoint/checkpoint.hpp"

namespace snnsim::tests {

/// Writes a checkpoint as a GGUF file (without a vocabulary) of architecture qwen2 if it has biases, else llama, whose
/// rotary layout it must have. Matrices are stored as `type` (F32, F16, BF16 or Q8_0, whose blocks must fit the rows),
/// norms and biases as F32; rope_divisors become rope_freqs.weight.
void write_gguf(const std::filesystem::path& path, const models::Checkpoint& checkpoint, models::DataType type);

/// Blocks of 32: F16 scale max|x|/127, then the rounded quotients.
std::vector<std::byte> to_q8_0(std::span<const float> values);

}  // namespace snnsim::tests
