#include "models/tokenizer/llama2c_tokenizer.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

using Ids = std::vector<TokenId>;

/// Writes a tokenizer.bin piece by piece.
class TokenizerBin {
 public:
  TokenizerBin() { number(std::int32_t{6}); }
  template <typename Number>
  void number(Number value) {
    append(&value, sizeof value);
  }
  TokenId piece(std::string_view text, float score) {
    number(score);
    number(static_cast<std::int32_t>(text.size()));
    append(text.data(), text.size());
    return pieces++;
  }
  std::unique_ptr<Tokenizer> read() const { return read(bytes_.size(), static_cast<std::size_t>(pieces)); }
  std::unique_ptr<Tokenizer> read(std::size_t length, std::size_t vocabulary_size) const {
    return read_llama2c_tokenizer(std::span(bytes_).first(length), vocabulary_size, "t");
  }
  std::size_t size() const { return bytes_.size(); }

  TokenId pieces = 0;

 private:
  void append(const void* from, std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    std::memcpy(bytes_.data() + bytes_.size() - count, from, count);
  }

  std::vector<std::byte> bytes_;
};

constexpr TokenId bos = 1, eos = 2, byte_0 = 3;

TokenizerBin with_bytes() {
  TokenizerBin bin;
  for (const char* control : {"<unk>", "\n<s>\n", "\n</s>\n"}) bin.piece(control, 0);
  for (int i = 0; i < 256; ++i) bin.piece(fmt::format("<0x{:02X}>", i), 0);
  return bin;
}

}  // namespace

TEST_CASE("the highest score merges first, whichever way a piece is made") {
  TokenizerBin bin = with_bytes();
  const TokenId space = bin.piece(" ", -9), a = bin.piece("a", -9), b = bin.piece("b", -9);
  const TokenId ab = bin.piece("ab", -2), ba = bin.piece("ba", -1), aba = bin.piece("aba", -3);
  const auto tokenizer = bin.read();
  CHECK(tokenizer->encode("ab", true) == Ids{bos, space, ab});
  CHECK(tokenizer->encode("aba", false) == Ids{space, aba});  // a + ba
  CHECK(tokenizer->encode("abab", false) == Ids{space, aba, b});
  CHECK(tokenizer->encode("bab", false) == Ids{space, ba, b});
  CHECK(tokenizer->encode("a", false) == Ids{space, a});
  CHECK(tokenizer->encode("", true) == Ids{bos});
}

TEST_CASE("control and byte pieces never come out of a text that spells them") {
  TokenizerBin bin = with_bytes();
  const TokenId space = bin.piece(" ", -9);
  const auto tokenizer = bin.read();
  for (const char* text : {"<unk>", "<0x41>", "\n<s>\n", "\u4F60"}) {
    const Ids ids = tokenizer->encode(text, false);
    CHECK(ids.front() == space);
    CHECK(ids.size() == 1 + std::string_view(text).size());
    CHECK(tokenizer->decode(ids) == text);
  }
  CHECK(tokenizer->decode(Ids{bos, space, byte_0 + 'h', eos}) == "h");
  CHECK(tests::complaint([&] { tokenizer->encode("\xFF", true); }) == "the text is not valid UTF-8: byte 0 is 0xFF");
}

TEST_CASE("a file that ends at any byte, or holds more than the vocabulary") {
  const TokenizerBin bin = with_bytes();
  CHECK_NOTHROW(bin.read());
  for (std::size_t length = 0; length < bin.size(); ++length)
    CHECK_THROWS_AS(bin.read(length, static_cast<std::size_t>(bin.pieces)), DataError);
  CHECK(tests::complaint([&] { bin.read(bin.size(), 258); }) == "t: 14 bytes follow the model's 258 pieces");
  CHECK_THROWS_AS(bin.read(bin.size(), 260), DataError);
}

TEST_CASE("pieces that cannot be") {
  TokenizerBin bin = with_bytes();
  bin.piece("a", NAN);
  CHECK(tests::complaint([&] { bin.read(); }) == "t: the score of piece 259 is nan");

  bin = with_bytes();
  bin.number(1.0F);
  bin.number(std::int32_t{-1});
  ++bin.pieces;
  CHECK(tests::complaint([&] { bin.read(); }) == "t: a piece has the length -1");

  bin = with_bytes();
  bin.piece(std::string(1 << 20, 'a'), 0);
  CHECK(tests::complaint([&] { bin.read(); }) == "t: a piece has the length 1048576");

  bin = TokenizerBin();
  for (int i = 0; i < 3; ++i) bin.piece("<unk>", 0);
  CHECK(tests::complaint([&] { bin.read(); }) == "t: the vocabulary lacks the piece <0x00>");
}

}  // namespace snnsim::models
