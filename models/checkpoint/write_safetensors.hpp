#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
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

/// A tensor that is made as it is written, so that no file need fit into memory.
struct StreamedTensor {
  std::string name;               // unique in its file
  DataType type = DataType::f32;  // F32, F16 or BF16
  std::vector<std::size_t> shape;
  /// Row r (columns); several at once, from several threads.
  std::function<void(std::size_t r, std::span<float> values)> read_row;
};

/// The same file as of the tensors that these rows make. `progress` is told the bytes that were written since it was
/// last called; an exception of its ends the work.
void write_safetensors(const std::filesystem::path& path, std::span<const StreamedTensor> tensors,
                       const std::function<void(std::size_t)>& progress);

}  // namespace snnsim::models
