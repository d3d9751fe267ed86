#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace snnsim::models {

/// How numbers are stored: plain, or quantized in blocks as ggml does it (dequantize.hpp). No checkpoint stores u8.
enum class DataType { f32, f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1, q2_k, q3_k, q4_k, q5_k, q6_k, iq2_xxs, u8 };

/// E.g. F32, Q4_K.
std::string_view name(DataType type);
/// Numbers that are stored together: 1, or the size of a block.
std::size_t block_values(DataType type);
/// Bytes of `values` numbers, which must be whole blocks.
std::size_t byte_size(DataType type, std::size_t values);

/// Read-only view of stored numbers, usually inside a mapped file; the Checkpoint that made it keeps the bytes alive.
/// A matrix is (rows × columns), row-major, its rows whole blocks; a vector is one row.
struct Tensor {
  DataType type = DataType::f32;
  std::vector<std::size_t> shape;
  const std::byte* bytes = nullptr;  // byte_size(), no alignment promised

  std::size_t size() const;
  std::size_t byte_size() const { return models::byte_size(type, size()); }
  std::size_t columns() const { return shape.empty() ? 1 : shape.back(); }
  std::size_t rows() const { return columns() == 0 ? 0 : size() / columns(); }
  /// Row r in fp32, written to out (columns() floats). Conversion from F16 and BF16 is exact, blocks are dequantized.
  void read_row(std::size_t r, float* out) const;
  /// All values in fp32.
  std::vector<float> read() const;
};

}  // namespace snnsim::models
