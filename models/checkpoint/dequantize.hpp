#pragma once

#include <cstddef>

#include "models/checkpoint/tensor.hpp"

namespace snnsim::models {

/// Stored numbers in fp32: `count` of them (whole blocks) from `bytes`, to `out`. The values are those of ggml's own
/// dequantization, rounded once per written operation: scales first, then scale × integer, then minus the offset.
void dequantize(DataType type, const std::byte* bytes, std::size_t count, float* out);

}  // namespace snnsim::models
