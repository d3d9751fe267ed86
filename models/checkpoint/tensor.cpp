#include "models/checkpoint/tensor.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace snnsim::models {
namespace {

static_assert(std::endian::native == std::endian::little, "stored numbers are little-endian");

float from_f16(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1FU;
  const std::uint32_t mantissa = bits & 0x3FFU;
  std::uint32_t magnitude = 0;
  if (exponent == 0) {
    magnitude = std::bit_cast<std::uint32_t>(static_cast<float>(mantissa) * 0x1p-24F);
  } else if (exponent == 0x1F) {
    magnitude = 0x7F800000U | (mantissa << 13);
  } else {
    magnitude = ((exponent + 112U) << 23) | (mantissa << 13);
  }
  return std::bit_cast<float>(sign | magnitude);
}

float from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

template <typename Convert>
void read_16_bit(const std::byte* bytes, std::size_t count, float* out, Convert convert) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, bytes + 2 * i, sizeof bits);
    out[i] = convert(bits);
  }
}

void read_values(DataType type, const std::byte* bytes, std::size_t count, float* out) {
  switch (type) {
    case DataType::f32:
      if (count > 0) std::memcpy(out, bytes, count * sizeof(float));
      return;
    case DataType::f16:
      return read_16_bit(bytes, count, out, from_f16);
    case DataType::bf16:
      return read_16_bit(bytes, count, out, from_bf16);
  }
}

}  // namespace

std::string_view name(DataType type) {
  switch (type) {
    case DataType::f32:
      return "F32";
    case DataType::f16:
      return "F16";
    case DataType::bf16:
      return "BF16";
  }
  return "";
}

std::size_t bytes_per_value(DataType type) {
  return type == DataType::f32 ? 4 : 2;
}

std::size_t Tensor::size() const {
  std::size_t product = 1;
  for (const std::size_t extent : shape) product *= extent;
  return product;
}

void Tensor::read_row(std::size_t r, float* out) const {
  read_values(type, bytes + r * columns() * bytes_per_value(type), columns(), out);
}

std::vector<float> Tensor::read() const {
  std::vector<float> values(size());
  read_values(type, bytes, values.size(), values.data());
  return values;
}

}  // namespace snnsim::models
