#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "models/checkpoint/tensor.hpp"

namespace snnsim::models {

using TensorMap = std::map<std::string, Tensor>;

/// The tensors of one safetensors file, as views into `bytes`. Every length and offset is checked: tensors lie inside
/// the file, do not overlap, and are as long as their shapes say. `file` is for messages only.
/// Throws DataError; also for a tensor whose dtype is not F32, F16 or BF16.
TensorMap read_safetensors(std::span<const std::byte> bytes, const std::string& file);

}  // namespace snnsim::models
