// Blocks of every quantized type of ggml must give the very numbers that ggml makes of them (make_ggml_blocks.py).
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "models/checkpoint/ggml_type.hpp"
#include "models/checkpoint/half_float.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::models {
namespace {

std::vector<std::byte> from_hex(const std::string& text) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return bytes;
}

DataType type_named(const std::string& text) {
  for (std::uint32_t id = 0; id < 64; ++id) {
    const GgmlType* type = find_ggml_type(id);
    if (type != nullptr && type->name == text && type->read_as) return *type->read_as;
  }
  FAIL("no type ", text);
  return DataType::f32;
}

TEST_CASE("blocks of every quantized type dequantize as ggml does, to the bit") {
  std::ifstream in(tests::source_dir() / "tests" / "golden" / "ggml_blocks.tsv");
  std::set<DataType> seen;
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("#")) continue;
    std::istringstream fields(line);
    std::string type, blocks, values;
    fields >> type >> blocks >> values;
    CAPTURE(type);
    const std::vector<std::byte> stored = from_hex(blocks), expected = from_hex(values);
    const Tensor tensor{type_named(type), {expected.size() / sizeof(float)}, stored.data()};
    REQUIRE(tensor.byte_size() == stored.size());
    const std::vector<float> read = tensor.read();
    CHECK(std::memcmp(read.data(), expected.data(), expected.size()) == 0);
    seen.insert(tensor.type);
  }
  CHECK(seen.size() == 11);
}

/// What the bits of a binary16 number mean (IEEE 754), for those that are finite.
float meaning_of_f16(std::uint32_t bits) {
  const int exponent = static_cast<int>((bits >> 10U) & 31U), mantissa = static_cast<int>(bits & 1023U);
  const double magnitude = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return static_cast<float>((bits & 0x8000U) != 0 ? -magnitude : magnitude);
}

TEST_CASE("every F16 and BF16 number is read exactly, and written as itself") {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if (((bits >> 10U) & 31U) != 31) REQUIRE(from_f16(half) == meaning_of_f16(bits));
    if (!std::isnan(from_f16(half))) REQUIRE(to_f16(from_f16(half)) == half);
    if (!std::isnan(from_bf16(half))) REQUIRE(to_bf16(from_bf16(half)) == half);
  }
  CHECK(std::isinf(from_f16(0x7C00)));
  CHECK(std::isnan(from_f16(0x7C01)));
}

}  // namespace
}  // namespace snnsim::models
