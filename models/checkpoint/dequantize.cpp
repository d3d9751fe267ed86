#include "models/checkpoint/dequantize.hpp"

#include <algorithm>

#include "models/checkpoint/dequantize_blocks.hpp"

namespace snnsim::models {
namespace {

template <typename Convert>
void read_16_bit(const Byte* bytes, std::size_t count, float* out, Convert convert) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, bytes + 2 * i, sizeof bits);
    out[i] = convert(bits);
  }
}

}  // namespace

void dequantize(DataType type, const std::byte* stored, std::size_t count, float* out) {
  const auto* bytes = reinterpret_cast<const Byte*>(stored);
  const std::size_t blocks = count / block_values(type);
  switch (type) {
    case DataType::f32:
      if (count > 0) std::memcpy(out, bytes, count * sizeof(float));
      return;
    case DataType::f16:
      return read_16_bit(bytes, count, out, [](std::uint16_t bits) { return from_f16(bits); });
    case DataType::bf16:
      return read_16_bit(bytes, count, out, [](std::uint16_t bits) { return from_bf16(bits); });
    case DataType::q8_0:
      return dequantize_q8_0(bytes, blocks, out);
    case DataType::q4_0:
      return dequantize_q4_0(bytes, blocks, out);
    case DataType::q4_1:
      return dequantize_q4_1(bytes, blocks, out);
    case DataType::q5_0:
      return dequantize_q5_0(bytes, blocks, out);
    case DataType::q5_1:
      return dequantize_q5_1(bytes, blocks, out);
    case DataType::q2_k:
      return dequantize_q2_k(bytes, blocks, out);
    case DataType::q3_k:
      return dequantize_q3_k(bytes, blocks, out);
    case DataType::q4_k:
      return dequantize_q4_k(bytes, blocks, out);
    case DataType::q5_k:
      return dequantize_q5_k(bytes, blocks, out);
    case DataType::q6_k:
      return dequantize_q6_k(bytes, blocks, out);
    case DataType::iq2_xxs:
      return dequantize_iq2_xxs(bytes, blocks, out);
    case DataType::u8:
      std::copy_n(bytes, count, out);
      return;
  }
}

}  // namespace snnsim::models
