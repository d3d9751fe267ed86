#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/checkpoint/tensor.hpp"

namespace snnsim::models {

struct NamedTensor {
  std::string name;  // unique in its file
  Tensor tensor;
};

/// Numbers as they are stored; F16 and BF16 are rounded to the nearest, ties to even.
std::vector<std::byte> to_bytes(std::span<const float> values, DataType type);

/// Writes a safetensors file with the tensors' bytes in the given order, from a multiple of 64 bytes on; the same input
/// gives the same file. It appears under its name only when it is complete. Throws DataError when it cannot be written.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace snnsim::models
