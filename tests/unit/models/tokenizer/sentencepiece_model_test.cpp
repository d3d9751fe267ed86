#include "models/tokenizer/sentencepiece_model.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

using Ids = std::vector<TokenId>;

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(0x80U | (value & 0x7FU));
  return bytes + static_cast<char>(value);
}

std::string field(std::uint64_t number, std::string_view bytes) {
  return varint(number << 3U | 2U) + varint(bytes.size()) + std::string(bytes);
}

std::string field(std::uint64_t number, int value) {
  return varint(number << 3U) + varint(static_cast<std::uint64_t>(value));
}

std::string field(std::uint64_t number, float value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  return varint(number << 3U | 5U) + std::string(bytes, sizeof value);
}

/// Writes a model piece by piece; 0, 1, 2 are <unk>, <s>, </s>.
struct ModelFile {
  std::string pieces;
  std::string trainer = field(3, 2);
  std::string normalizer;
  TokenId next = 0;

  ModelFile() {
    add("<unk>", 0, PieceKind::unknown);
    add("<s>", 0, PieceKind::control);
    add("</s>", 0, PieceKind::control);
  }
  TokenId add(std::string_view text, float score, PieceKind kind = PieceKind::normal) {
    pieces += field(1, field(1, text) + field(2, score) + field(3, static_cast<int>(kind)));
    return next++;
  }
  TokenId add_bytes() {
    for (int byte = 0; byte < 256; ++byte) add(fmt::format("<0x{:02X}>", byte), 0, PieceKind::byte);
    trainer += field(35, 1);
    return next - 256;
  }
  std::string bytes() const { return pieces + field(2, trainer) + field(3, normalizer); }
  std::unique_ptr<Tokenizer> read() const {
    return make_sentencepiece_tokenizer(read_sentencepiece_model(bytes(), "t"), "test", "t");
  }
};

std::string complaint(const std::string& bytes) {
  return tests::complaint([&] { read_sentencepiece_model(bytes, "t"); });
}

}  // namespace

TEST_CASE("the highest score merges first; what is outside the vocabulary becomes bytes") {
  ModelFile file;
  const TokenId byte_0 = file.add_bytes();
  const TokenId space = file.add("\u2581", -9), a = file.add("a", -9), b = file.add("b", -9);
  const TokenId ab = file.add("ab", -2), ba = file.add("ba", -1);
  const auto tokenizer = file.read();
  CHECK(tokenizer->encode("ab", true) == Ids{1, space, ab});
  CHECK(tokenizer->encode("bab", false) == Ids{space, ba, b});
  CHECK(tokenizer->encode("\u00E9", false) == Ids{space, byte_0 + 0xC3, byte_0 + 0xA9});
  CHECK(tokenizer->encode("", true) == Ids{1});
  CHECK(tokenizer->decode(Ids{1, space, ab, space, a, byte_0 + 0xC3, byte_0 + 0xA9, 2}) == "ab a\u00E9");
  CHECK(tokenizer->bos() == 1);
  CHECK(tokenizer->eos() == 2);
  CHECK(tokenizer->adds_bos());
}

TEST_CASE("control pieces are plain text; user-defined ones are found as they are written, the longest first") {
  ModelFile file;
  const TokenId byte_0 = file.add_bytes();
  const TokenId space = file.add("\u2581", -9), a = file.add("a", -9), aa = file.add("aa", -1);
  const TokenId user = file.add("xa", 0, PieceKind::user_defined), longer = file.add("xab", 0, PieceKind::user_defined);
  const auto tokenizer = file.read();
  CHECK(tokenizer->encode("<s>", false) == Ids{space, byte_0 + '<', byte_0 + 's', byte_0 + '>'});
  CHECK(tokenizer->encode("axaaa", false) == Ids{space, a, user, aa});
  CHECK(tokenizer->encode("xabxa", false) == Ids{space, longer, user});
  CHECK(tokenizer->decode(Ids{user, 1, a}) == "xaa");
}

TEST_CASE("without byte pieces a run of unknown characters is one unknown piece") {
  ModelFile file;
  const TokenId space = file.add("\u2581", -9), a = file.add("a", -9);
  const auto tokenizer = file.read();
  CHECK(tokenizer->encode("a\u4F60\u597Da", false) == Ids{space, a, 0, a});
  CHECK(tokenizer->decode(Ids{space, a, 0}) == "a \u2047 ");
}

TEST_CASE("characters that are no pieces merge into pieces all the same") {
  ModelFile file;
  file.add_bytes();
  const TokenId space = file.add("\u2581", -9), xy = file.add("xy", -1);
  CHECK(file.read()->encode("xy", false) == Ids{space, xy});
}

TEST_CASE("unused pieces are taken apart again") {
  ModelFile file;
  const TokenId space = file.add("\u2581", -9), a = file.add("a", -9);
  const TokenId aa = file.add("aa", -1, PieceKind::unused), aaa = file.add("aaa", -2);
  const auto tokenizer = file.read();
  CHECK(tokenizer->encode("aa", false) == Ids{space, a, a});
  CHECK(tokenizer->encode("aaa", false) == Ids{space, aaa});
  CHECK(tokenizer->decode(Ids{aa}) == "aa");
}

TEST_CASE("white space as the normalizer says") {
  ModelFile file;
  file.add_bytes();
  const TokenId space = file.add("\u2581", -9), a = file.add("a", -9);
  CHECK(file.read()->encode("  a  a ", false) == Ids{space, a, space, a});  // as nothing is said
  CHECK(file.read()->encode("   ", false) == Ids{});
  file.normalizer = field(4, 0);
  CHECK(file.read()->encode(" a  ", false) == Ids{space, space, a, space, space});
  file.normalizer = field(3, 0) + field(4, 0);
  CHECK(file.read()->encode("a", false) == Ids{a});
  CHECK(file.read()->decode(Ids{space, a}) == " a");
  file.normalizer = "";
  file.trainer += field(24, 1);
  CHECK(file.read()->encode("a a", false) == Ids{a, space, a, space});
}

TEST_CASE("other kinds and damaged files") {
  ModelFile file;
  file.add("a", -1);
  CHECK(complaint(file.bytes()) == "accepted");
  file.trainer = field(3, 1);
  CHECK(complaint(file.bytes()) == "t: a SentencePiece model of the kind unigram; BPE is read");
  file.trainer = "";
  CHECK(complaint(file.bytes()) == "t: a SentencePiece model of the kind unigram; BPE is read");
  file.trainer = field(3, 2) + field(35, 1);
  CHECK(complaint(file.bytes()) == "t: byte_fallback and the byte pieces of the vocabulary contradict each other");
  CHECK(complaint("") == "t: no SentencePiece model: it holds no pieces");
  CHECK(complaint(field(1, "")) == "t: a piece is empty");
  CHECK(complaint(field(1, field(1, "a") + field(3, 7))) == "t: piece 'a' has the kind 7");
  CHECK(complaint(field(1, field(1, 7))) == "t: field 1 has wire type 0 where 2 is expected");
  CHECK(complaint(std::string("\x0A\x05zz")) == "t: 2 bytes are left where 5 should follow");
  CHECK(complaint("\x0B") == "t: field 1 has the wire type 3");
  CHECK(complaint(std::string("\0\0", 2)) == "t: 0 is no field number");
  CHECK(complaint(std::string("\x08") + std::string(10, '\xFF')) == "t: a number has more than 64 bits");
}

TEST_CASE("a file that ends at any byte") {
  ModelFile file;
  file.add("a", -1);
  const std::string bytes = file.bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::string said = complaint(bytes.substr(0, length));
    if (said != "accepted") continue;
    CHECK(length + 2 == bytes.size());  // only the empty normalizer is missing
  }
}

TEST_CASE("scores and pieces that cannot be") {
  ModelFile file;
  file.add("a", NAN);
  CHECK(tests::complaint([&] { file.read(); }) == "t: the score of piece 3 is nan");
  file = ModelFile();
  file.add(std::string(2000, 'a'), 0);
  CHECK(tests::complaint([&] { file.read(); }) == "t: piece 3 has 2000 bytes, more than 1024");
  file = ModelFile();
  file.add("\xC3", 0);
  CHECK(tests::complaint([&] { file.read(); }) == "t: piece 3, '\\xC3', is not valid UTF-8");
}

}  // namespace snnsim::models
