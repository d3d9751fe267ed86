#include "models/checkpoint/gguf.hpp"

#include <cstring>
#include <string>
#include <vector>

#include "tests/support/assets.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/gguf_bytes.hpp"

namespace snnsim::models {
namespace {

using Bytes = tests::GgufBytes;

Bytes every_type() {
  Bytes bytes;
  bytes.head(0, 15);
  bytes.key("u8", GgufType::u8).number<std::uint8_t>(200);
  bytes.key("i8", GgufType::i8).number<std::int8_t>(-3);
  bytes.key("u16", GgufType::u16).number<std::uint16_t>(65535);
  bytes.key("i16", GgufType::i16).number<std::int16_t>(-300);
  bytes.key("u32", GgufType::u32).number<std::uint32_t>(4000000000U);
  bytes.key("i32", GgufType::i32).number<std::int32_t>(-5);
  bytes.key("f32", GgufType::f32).number(1.5F);
  bytes.key("yes", GgufType::boolean).number<std::uint8_t>(1);
  bytes.key("text", GgufType::text).string("lla\nma");
  bytes.key("u64", GgufType::u64).number<std::uint64_t>(~std::uint64_t{0});
  bytes.key("i64", GgufType::i64).number<std::int64_t>(-7);
  bytes.key("f64", GgufType::f64).number(2.25);
  bytes.key("texts", GgufType::array).array(GgufType::text, 3).string("a").string("").string("bc");
  bytes.key("numbers", GgufType::array).array(GgufType::i16, 2).number<std::int16_t>(-1).number<std::int16_t>(9);
  bytes.key("nested", GgufType::array).array(GgufType::array, 1).array(GgufType::u8, 2).number<std::uint16_t>(0);
  return bytes;
}

TEST_CASE("metadata of every type are read") {
  const Bytes bytes = every_type();
  const GgufMetadata m = bytes.read().metadata;
  CHECK(m.integer("u8") == 200);
  CHECK(m.integer("i8") == -3);
  CHECK(m.integer("u16") == 65535);
  CHECK(m.integer("i16") == -300);
  CHECK(m.count("u32", 5000000000U) == 4000000000U);
  CHECK(m.integer("i32") == -5);
  CHECK(m.positive("f32") == 1.5F);
  CHECK(m.positive("u8") == 200);
  CHECK(m.flag("yes", false));
  CHECK(m.flag("no such key", true));
  CHECK(m.text("text") == "lla\nma");
  CHECK(m.text("no such key", "else") == "else");
  CHECK(m.integer("i64") == -7);
  CHECK(m.positive("f64") == 2.25F);
  CHECK(m.texts("texts") == std::vector<std::string_view>{"a", "", "bc"});
  CHECK(m.integers("numbers") == std::vector<std::int64_t>{-1, 9});
  CHECK(m.floats("numbers") == std::vector<float>{-1, 9});
  CHECK(m.describe("text") == "'lla\\x0Ama'");
  CHECK(m.describe("texts") == "[3 strings]");
  CHECK(m.describe("nested") == "[1 arrays]");
  CHECK(m.describe("u64") == "18446744073709551615");
}

TEST_CASE("a wrong or missing key is named") {
  const Bytes bytes = every_type();
  const GgufMetadata m = bytes.read().metadata;
  CHECK(tests::complaint([&] { m.text("gone"); }) == "x.gguf: metadata key gone is missing");
  CHECK(tests::complaint([&] { m.text("u8"); }) == "x.gguf: metadata key u8 is 200, not a string");
  CHECK(tests::complaint([&] { m.integer("f32"); }) == "x.gguf: metadata key f32 is 1.5, not a whole number");
  CHECK(tests::complaint([&] { m.integer("u64"); }) ==
        "x.gguf: metadata key u64 is 18446744073709551615, not a whole number");
  CHECK(tests::complaint([&] { m.count("i8", 9); }) == "x.gguf: metadata key i8 is -3, not a whole number in 1..9");
  CHECK(tests::complaint([&] { m.positive("i8"); }) == "x.gguf: metadata key i8 is -3, not a number above zero");
  CHECK(tests::complaint([&] { m.flag("u8", false); }) == "x.gguf: metadata key u8 is 200, not a boolean");
  CHECK(tests::complaint([&] { m.texts("numbers"); }) ==
        "x.gguf: metadata key numbers is [2 whole numbers], not an array of strings");
  CHECK(tests::complaint([&] { m.integer("numbers"); }) ==
        "x.gguf: metadata key numbers is [2 whole numbers], not a whole number");
  CHECK(tests::complaint([&] { m.floats("nested"); }) ==
        "x.gguf: metadata key nested is [1 arrays], not an array of numbers");
}

Bytes two_tensors() {
  Bytes bytes;
  bytes.head(2, 0).tensor("a", {3, 2}, 0, 0).tensor("b", {64}, 8, 32).pad(32);
  bytes.text.resize(bytes.text.size() + 32 + 68, '\1');
  return bytes;
}

TEST_CASE("the tensor table gives shapes slowest first and the bytes of each tensor") {
  const Bytes bytes = two_tensors();
  const Gguf gguf = bytes.read();
  REQUIRE(gguf.tensors.size() == 2);
  CHECK(gguf.tensors[0].name == "a");
  CHECK(gguf.tensors[0].shape == std::vector<std::size_t>{2, 3});
  CHECK(gguf.tensors[0].bytes.size() == 24);
  CHECK(gguf.tensors[1].type.name == "Q8_0");
  CHECK(gguf.tensors[1].bytes.size() == 68);
  CHECK(gguf.tensors[1].bytes.data() == gguf.tensors[0].bytes.data() + 32);
}

TEST_CASE("a GGUF file cut anywhere is refused, never read beyond its end") {
  for (const Bytes& whole : {every_type(), two_tensors()})
    for (std::size_t length = 0; length < whole.text.size(); ++length) {
      CAPTURE(length);
      CHECK(Bytes{whole.text.substr(0, length)}.error() != "accepted");
    }
}

TEST_CASE("what contradicts itself in a GGUF file is refused by name") {
  const auto with = [](auto&& change) {
    Bytes bytes;
    change(bytes);
    return bytes.pad(32).error();
  };
  CHECK(Bytes{"GGML....................."}.error() == "x.gguf: does not begin with GGUF");
  CHECK(with([](Bytes& b) { b.head(0, 0, 1); }) == "x.gguf: is GGUF version 1; versions 2 and 3 are read");
  CHECK(with([](Bytes& b) { b.head(0, 0, 3U << 24U); }) == "x.gguf: is big-endian; little-endian files are read");
  CHECK(with([](Bytes& b) { b.head(1ULL << 60U, 0); }).find("the number of tensors is 1152921504606846976") !=
        std::string::npos);
  CHECK(with([](Bytes& b) {
          b.head(0, 2);
          for (int i = 0; i < 2; ++i) b.key("k", GgufType::u8).number<std::uint8_t>(1);
        }) == "x.gguf: metadata key 'k' is there twice");
  CHECK(with([](Bytes& b) { b.head(0, 1).key("k\n", GgufType::u8).number<std::uint8_t>(1); }) ==
        "x.gguf: metadata key 'k\\x0A' is not printable ASCII");
  CHECK(with([](Bytes& b) { b.head(0, 1).string("k").number<std::uint32_t>(13).number(0ULL); }) ==
        "x.gguf: metadata key 'k' has a value of type 13, which GGUF 3 does not know");
  CHECK(with([](Bytes& b) { b.head(0, 1).key("k", GgufType::boolean).number<std::uint8_t>(2); }) ==
        "x.gguf: boolean 'k' is neither 0 nor 1");
  CHECK(with([](Bytes& b) {
          b.head(0, 1).key("k", GgufType::array).array(GgufType::u64, 1ULL << 61U).number(0ULL);
        }).find("the length of array 'k' is 2305843009213693952") != std::string::npos);
  CHECK(with([](Bytes& b) {
          b.head(0, 1).key("k", GgufType::array);
          for (int i = 0; i < 9; ++i) b.array(GgufType::array, 1);
        }) == "x.gguf: array 'k' nests too deep");
  CHECK(with([](Bytes& b) { b.head(1, 0).tensor("t", {1}, 99, 0); }) ==
        "x.gguf: tensor 't' has type 99, which is not known");
  CHECK(with([](Bytes& b) { b.head(1, 0).tensor("t", {33}, 8, 0); }) ==
        "x.gguf: tensor 't' has rows of 33 numbers, not whole blocks of 32 (Q8_0)");
  CHECK(with([](Bytes& b) {
          b.head(1, 0).tensor("t", {1, 1, 1, 1, 1}, 0, 0);
        }) == "x.gguf: tensor 't' has 5 dimensions, not 1..4");
  CHECK(with([](Bytes& b) {
          b.head(1, 0).tensor("t", {1ULL << 40U, 1ULL << 40U}, 0, 0);
        }) == "x.gguf: tensor 't' has an impossible shape");
  CHECK(with([](Bytes& b) { b.head(1, 0).tensor("t", {1}, 0, 4); }) ==
        "x.gguf: tensor 't' begins at byte 4 of the data, not a multiple of 32");
  CHECK(with([](Bytes& b) { b.head(1, 0).tensor("t", {9}, 0, 0).pad(32).number(0ULL); }) ==
        "x.gguf: tensor 't' has 36 bytes at 0 of 32 bytes of data: the file is cut short");
  CHECK(with([](Bytes& b) { b.head(2, 0).tensor("t", {9}, 0, 0).tensor("u", {1}, 0, 32).pad(32).text.resize(160); }) ==
        "x.gguf: tensors 't' and 'u' overlap");
  CHECK(with([](Bytes& b) { b.head(2, 0).tensor("t", {1}, 0, 0).tensor("t", {1}, 0, 32).pad(32).text.resize(160); }) ==
        "x.gguf: tensor 't' is there twice");
}

TEST_CASE("the GGUF vocabularies of LLaMA open") {
  if (!tests::have_assets()) return;
  const auto folder = tests::assets() / "tokenizers" / "llama.cpp-vocab";
  const Gguf spm = open_gguf(folder / "ggml-vocab-llama-spm.gguf");
  CHECK(spm.metadata.text("tokenizer.ggml.model") == "llama");
  CHECK(spm.metadata.texts("tokenizer.ggml.tokens").size() == 32000);
  CHECK(spm.metadata.floats("tokenizer.ggml.scores").size() == 32000);
  CHECK(spm.metadata.integers("tokenizer.ggml.token_type").size() == 32000);
  const Gguf bpe = open_gguf(folder / "ggml-vocab-llama-bpe.gguf");
  CHECK(bpe.metadata.text("tokenizer.ggml.model") == "gpt2");
  CHECK(bpe.metadata.texts("tokenizer.ggml.tokens").size() == 128256);
}

}  // namespace
}  // namespace snnsim::models
