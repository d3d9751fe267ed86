#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "models/checkpoint/tensor.hpp"

namespace snnsim::models {

using TensorMap = std::map<std::string, Tensor>;

/// The types of a checkpoint's weights.
inline constexpr std::array kFloatTypes{DataType::f32, DataType::f16, DataType::bf16};

/// The tensors of one safetensors file, as views into `bytes`. Every length and offset is checked: tensors lie inside
/// the file, do not overlap, and are as long as their shapes say. `file` is for messages only.
/// Throws DataError; also for a tensor whose dtype is not among `types`.
TensorMap read_safetensors(std::span<const std::byte> bytes, const std::string& file,
                           std::span<const DataType> types = kFloatTypes);

}  // namespace snnsim::models
