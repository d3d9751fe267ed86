#include "models/checkpoint/safetensors.hpp"

#include <cstring>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

using Bytes = std::vector<std::byte>;

/// A file with this header, `length` as its stated length, and data bytes 0, 1, 2, ...
Bytes file_of(std::string_view header, std::size_t data, std::uint64_t length) {
  Bytes bytes(sizeof length + header.size() + data);
  std::memcpy(bytes.data(), &length, sizeof length);
  std::memcpy(bytes.data() + sizeof length, header.data(), header.size());
  for (std::size_t i = 0; i < data; ++i) bytes[sizeof length + header.size() + i] = static_cast<std::byte>(i);
  return bytes;
}
Bytes file_of(std::string_view header, std::size_t data) {
  return file_of(header, data, header.size());
}

std::string complaint(const Bytes& bytes) {
  return tests::complaint([&] { read_safetensors(bytes, "f"); });
}
std::string complaint(std::string_view header, std::size_t data) {
  return complaint(file_of(header, data));
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("tensors are views at their offsets, in any order of the header") {
  const Bytes bytes = file_of(R"({"__metadata__":{"a":"b"},
    "second":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},
    "first":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},
    "scalar":{"dtype":"F16","shape":[],"data_offsets":[12,14]},
    "empty":{"dtype":"F16","shape":[0,3],"data_offsets":[14,14]}})",
                              14);
  const TensorMap tensors = read_safetensors(bytes, "f");
  REQUIRE(tensors.size() == 4);
  const std::byte* data = bytes.data() + bytes.size() - 14;
  CHECK(tensors.at("first").bytes == data);
  CHECK(tensors.at("second").bytes == data + 8);
  CHECK(tensors.at("second").type == DataType::bf16);
  CHECK(tensors.at("first").shape == std::vector<std::size_t>{1, 2});
  CHECK(tensors.at("scalar").size() == 1);
  CHECK(tensors.at("scalar").rows() == 1);
  CHECK(tensors.at("empty").read().empty());
}

TEST_CASE("a file shorter than its header, at every length") {
  const Bytes whole = file_of(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4);
  CHECK(complaint(whole) == "accepted");
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_MESSAGE(complaint(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))) != "accepted",
                  length);
  CHECK(complaint(Bytes(7)) == "f: 7 bytes hold no header length");
  CHECK(complaint(file_of("{}", 0, 3)) == "f: the header should be 3 bytes long, the file has 10");
  CHECK(has(complaint(file_of("{}", 0, ~std::uint64_t{0})), "the header should be 18446744073709551615 bytes long"));
}

TEST_CASE("a header that is no header") {
  CHECK(has(complaint("{", 0), "f (header):1:2: not JSON"));
  CHECK(has(complaint("[]", 0), "the header is no JSON object"));
  CHECK(has(complaint(R"({"t":1})", 0), "the header's entry 't' is no object"));
  CHECK(has(complaint(R"({"t":{"dtype":"F32","data_offsets":[0,0]}})", 0), "'t' has no shape"));
  CHECK(has(complaint(R"({"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), "'t' has no shape"));
  CHECK(has(complaint(R"({"t":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4), "'t' has no shape"));
  CHECK(has(complaint(R"({"t":{"dtype":"F32","shape":[1]}})", 4), "'t' has no data_offsets"));
  CHECK(has(complaint(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[4]}})", 4), "'t' has no data_offsets"));
}

TEST_CASE("a dtype that is not read is named") {
  CHECK(has(complaint(R"({"t":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}})", 4), "tensor 't' has dtype 'I8'"));
  CHECK(has(complaint(R"({"t":{"dtype":7,"shape":[4],"data_offsets":[0,4]}})", 4), "tensor 't' has dtype ''"));
}

TEST_CASE("offsets outside the data") {
  CHECK(has(complaint(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 7), "lies at 0..8 of 7 bytes"));
  CHECK(has(complaint(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 8), "lies at 4..0 of 8 bytes"));
  CHECK(complaint(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551615,3]}})", 8) != "accepted");
}

TEST_CASE("a shape that contradicts the length, also where the product overflows") {
  CHECK(has(complaint(R"({"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8),
            "'t' has 8 bytes, which its shape [3] of F32 contradicts"));
  CHECK(complaint(R"({"t":{"dtype":"F16","shape":[3],"data_offsets":[0,8]}})", 8) != "accepted");
  // 2^32 * 2^32 and 4 * 2^62 are 0 in 64 bits
  CHECK(complaint(R"({"t":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0) != "accepted");
  CHECK(complaint(R"({"t":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})", 0) != "accepted");
}

TEST_CASE("tensors that overlap") {
  const char* header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
                           "b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
  CHECK(complaint(header, 8) == "f: tensors 'a' and 'b' overlap");
}

TEST_CASE("a name that is given twice, and a header nested without end") {
  const std::string entry = R"("t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  CHECK(has(complaint("{" + entry + "," + entry + "}", 4), "'t' is given twice"));
  const std::string deep = std::string(1000000, '[') + std::string(1000000, ']');
  CHECK(has(complaint(R"({"__metadata__":)" + deep + "}", 0), "nested too deep"));
}

}  // namespace snnsim::models
