#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace snnsim::models {

enum class DataType { f32, f16, bf16 };

std::string_view name(DataType type);
std::size_t bytes_per_value(DataType type);

/// Read-only view of stored numbers, usually inside a mapped file; the Checkpoint that made it keeps the bytes alive.
/// A matrix is (rows × columns), row-major; a vector is one row.
struct Tensor {
  DataType type = DataType::f32;
  std::vector<std::size_t> shape;
  const std::byte* bytes = nullptr;  // size() * bytes_per_value(type), no alignment promised

  std::size_t size() const;
  std::size_t columns() const { return shape.empty() ? 1 : shape.back(); }
  std::size_t rows() const { return columns() == 0 ? 0 : size() / columns(); }
  /// Row r in fp32, written to out (columns() floats). Conversion from F16 and BF16 is exact.
  void read_row(std::size_t r, float* out) const;
  /// All values in fp32.
  std::vector<float> read() const;
};

}  // namespace snnsim::models
