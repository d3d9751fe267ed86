#include "models/checkpoint/tensor.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include <doctest/doctest.h>

namespace snnsim::models {
namespace {

/// All 65536 patterns of 16 bits, as stored.
std::vector<std::byte> all_patterns() {
  std::vector<std::byte> bytes(2 * 65536);
  for (std::uint32_t i = 0; i < 65536; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    std::memcpy(bytes.data() + 2 * static_cast<std::size_t>(i), &bits, sizeof bits);
  }
  return bytes;
}

/// IEEE 754 binary16 by its definition, in double.
double half(std::uint32_t bits) {
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  const int exponent = static_cast<int>(bits >> 10 & 31U);
  const auto fraction = static_cast<double>(bits & 1023U);
  if (exponent == 31) return fraction == 0 ? sign * HUGE_VAL : std::nan("");
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

bool same(float a, double b) {
  if (std::isnan(b)) return std::isnan(a);
  return static_cast<double>(a) == b && std::signbit(a) == std::signbit(b);
}

}  // namespace

TEST_CASE("every F16 value is read as binary16 defines it") {
  const std::vector<std::byte> bytes = all_patterns();
  const std::vector<float> values = Tensor{DataType::f16, {256, 256}, bytes.data()}.read();
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    if (!same(values[bits], half(bits))) FAIL_CHECK("bits ", bits, " read as ", values[bits]);
  }
}

TEST_CASE("every BF16 value is the upper half of a float") {
  const std::vector<std::byte> bytes = all_patterns();
  const std::vector<float> values = Tensor{DataType::bf16, {65536}, bytes.data()}.read();
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    if (std::bit_cast<std::uint32_t>(values[bits]) != bits << 16) FAIL_CHECK("bits ", bits, " read as ", values[bits]);
  }
}

TEST_CASE("rows of a matrix at an odd address") {
  std::vector<std::byte> bytes(1 + 6 * sizeof(float));
  const float stored[] = {1, 2, 3, 4, 5, 6};
  std::memcpy(bytes.data() + 1, stored, sizeof stored);
  const Tensor tensor{DataType::f32, {2, 3}, bytes.data() + 1};
  CHECK(tensor.rows() == 2);
  CHECK(tensor.columns() == 3);
  std::vector<float> row(3);
  tensor.read_row(1, row.data());
  CHECK(row == std::vector<float>{4, 5, 6});
}

}  // namespace snnsim::models
