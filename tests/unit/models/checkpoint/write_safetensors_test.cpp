#include "models/checkpoint/write_safetensors.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include <doctest/doctest.h>

#include "models/checkpoint/mapped_file.hpp"
#include "models/checkpoint/safetensors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::models {
namespace {

std::vector<float> through(const std::vector<float>& values, DataType type) {
  const std::vector<std::byte> bytes = to_bytes(values, type);
  return Tensor{type, {values.size()}, bytes.data()}.read();
}

float through(float value, DataType type) {
  return through(std::vector<float>{value}, type).front();
}

}  // namespace

TEST_CASE("every finite 16-bit value survives writing, and the midpoint between two goes to the even one") {
  for (const DataType type : {DataType::f16, DataType::bf16}) {
    const std::uint16_t largest = type == DataType::f16 ? 0x7BFF : 0x7F7F;
    for (std::uint16_t bits = 0; bits < largest; ++bits) {
      const std::uint16_t pair[] = {bits, static_cast<std::uint16_t>(bits + 1)};
      const auto bytes = std::as_bytes(std::span(pair));
      const std::vector<float> values = Tensor{type, {2}, bytes.data()}.read();
      const float middle = values[0] + (values[1] - values[0]) / 2;
      const float even = bits % 2 == 0 ? values[0] : values[1];
      const bool good = through(values[0], type) == values[0] && through(-values[1], type) == -values[1] &&
                        through(middle, type) == even && through(std::nextafter(middle, 0.0F), type) == values[0] &&
                        through(std::nextafter(middle, INFINITY), type) == values[1];
      if (!good) FAIL_CHECK(name(type), " ", bits);
    }
  }
}

TEST_CASE("values beyond the largest become infinite; NaN stays NaN") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(through(65519.996F, DataType::f16) == 65504.0F);
  CHECK(through(65520.0F, DataType::f16) == infinity);
  CHECK(through(-infinity, DataType::f16) == -infinity);
  CHECK(through(std::numeric_limits<float>::max(), DataType::bf16) == infinity);
  for (const DataType type : {DataType::f32, DataType::f16, DataType::bf16}) {
    CHECK(std::isnan(through(std::nanf(""), type)));
    CHECK(std::isnan(through(std::nanf("1"), type)));
    CHECK(std::signbit(through(-0.0F, type)));
  }
}

TEST_CASE("what is written reads back, and the same input gives the same file") {
  const tests::ScratchFolder folder;
  const auto a = to_bytes(std::vector<float>{1, 2, 3, 4, 5, 6}, DataType::f32);
  const auto b = to_bytes(std::vector<float>{-0.5F}, DataType::bf16);
  const std::vector<NamedTensor> tensors = {{"z \"quoted\"", {DataType::f32, {2, 3}, a.data()}},
                                            {"a", {DataType::bf16, {1}, b.data()}},
                                            {"none", {DataType::f16, {0}, nullptr}}};
  write_safetensors(folder.path() / "one", tensors, {{"format", "pt"}});
  write_safetensors(folder.path() / "two", tensors, {{"format", "pt"}});
  const MappedFile one(folder.path() / "one"), two(folder.path() / "two");
  CHECK(one.text() == two.text());
  CHECK_FALSE(std::filesystem::exists(folder.path() / "one.partial"));

  const TensorMap read = read_safetensors(one.bytes(), "one");
  REQUIRE(read.size() == 3);
  CHECK(read.at("z \"quoted\"").read() == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(read.at("z \"quoted\"").shape == std::vector<std::size_t>{2, 3});
  CHECK(read.at("a").read() == std::vector<float>{-0.5F});
  CHECK((read.at("z \"quoted\"").bytes - one.bytes().data()) % 8 == 0);
}

TEST_CASE("a folder that is not there") {
  const tests::ScratchFolder folder;
  const std::string cause = tests::complaint([&] { write_safetensors(folder.path() / "none" / "f", {}); });
  CHECK(cause.find("cannot be written") != std::string::npos);
}

}  // namespace snnsim::models
