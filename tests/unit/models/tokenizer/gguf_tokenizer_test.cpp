#include "models/tokenizer/gguf_tokenizer.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/gguf.hpp"
#include "models/tokenizer/byte_alphabet.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

using Ids = std::vector<TokenId>;

/// Writes the tokenizer's keys of a GGUF file without tensors.
class Keys {
 public:
  void text(const std::string& key, std::string_view value) {
    begin(key, GgufType::text);
    append_text(value);
  }
  void number(const std::string& key, std::uint32_t value) {
    begin(key, GgufType::u32);
    append(value);
  }
  void flag(const std::string& key, bool value) {
    begin(key, GgufType::boolean);
    append(static_cast<std::uint8_t>(value));
  }
  void texts(const std::string& key, const std::vector<std::string>& values) {
    begin_list(key, GgufType::text, values.size());
    for (const std::string& value : values) append_text(value);
  }
  template <typename Number>
  void numbers(const std::string& key, GgufType type, const std::vector<Number>& values) {
    begin_list(key, type, values.size());
    for (const Number value : values) append(value);
  }
  std::unique_ptr<Tokenizer> read() const {
    const std::string head = "GGUF" + bytes_of(std::uint32_t{3}) + bytes_of(std::uint64_t{0}) + bytes_of(count_);
    const std::string whole = head + body_;
    return make_gguf_tokenizer(read_gguf(std::as_bytes(std::span(whole)), "t").metadata);
  }

 private:
  template <typename T>
  static std::string bytes_of(T value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
  }
  template <typename T>
  void append(T value) {
    body_ += bytes_of(value);
  }
  void append_text(std::string_view value) {
    append(std::uint64_t{value.size()});
    body_ += value;
  }
  void begin(const std::string& key, GgufType type) {
    append_text("tokenizer.ggml." + key);
    append(type);
    ++count_;
  }
  void begin_list(const std::string& key, GgufType type, std::size_t length) {
    begin(key, GgufType::array);
    append(type);
    append(std::uint64_t{length});
  }

  std::string body_;
  std::uint64_t count_ = 0;
};

enum : TokenId { byte_0 = 3, space = 259, a, b, ab, user };

Keys llama() {
  std::vector<std::string> tokens = {"<unk>", "<s>", "</s>"};
  for (int byte = 0; byte < 256; ++byte) tokens.push_back(fmt::format("<0x{:02X}>", byte));
  for (const char* token : {"\u2581", "a", "b", "ab", "bb"}) tokens.emplace_back(token);
  std::vector<float> scores(tokens.size(), -9);
  scores[ab] = -1;
  std::vector<std::int32_t> kinds(tokens.size(), 1);
  kinds[0] = 2;
  kinds[1] = kinds[2] = 3;
  std::fill(kinds.begin() + byte_0, kinds.begin() + space, 6);
  kinds[user] = 4;
  Keys keys;
  keys.text("model", "llama");
  keys.texts("tokens", tokens);
  keys.numbers("scores", GgufType::f32, scores);
  keys.numbers("token_type", GgufType::i32, kinds);
  return keys;
}

/// Byte b is token b, 256 is ab, 257 a control and 258 a user-defined token.
Keys gpt2(const std::string& pre) {
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte) tokens.push_back(in_alphabet(std::string(1, static_cast<char>(byte))));
  tokens.insert(tokens.end(), {"ab", "<s>", "b b"});
  std::vector<std::int32_t> kinds(tokens.size(), 1);
  kinds[257] = 3;
  kinds[258] = 4;
  Keys keys;
  keys.text("model", "gpt2");
  if (!pre.empty()) keys.text("pre", pre);
  keys.texts("tokens", tokens);
  keys.texts("merges", {"a b", "c d"});
  keys.numbers("token_type", GgufType::i32, kinds);
  keys.number("bos_token_id", 257);
  return keys;
}

}  // namespace

TEST_CASE("GGUF llama: by score, a space in front, control tokens as plain text, user-defined ones as they are") {
  const auto tokenizer = llama().read();
  CHECK(tokenizer->encode("ab", true) == Ids{1, space, ab});
  CHECK(tokenizer->encode("  a", false) == Ids{space, space, space, a});
  CHECK(tokenizer->encode("<s>", false) == Ids{space, byte_0 + '<', byte_0 + 's', byte_0 + '>'});
  CHECK(tokenizer->encode("abba", false) == Ids{space, a, user, a});
  CHECK(tokenizer->encode("", true) == Ids{1});
  CHECK(tokenizer->decode(Ids{1, space, ab, user, 2}) == "abbb");
  CHECK(tokenizer->adds_bos());
}

TEST_CASE("GGUF llama: what the file says of bos and the space in front") {
  Keys keys = llama();
  keys.flag("add_space_prefix", false);
  keys.flag("add_bos_token", false);
  keys.number("bos_token_id", 2);
  const auto tokenizer = keys.read();
  CHECK(tokenizer->encode("ab", false) == Ids{ab});
  CHECK(tokenizer->bos() == 2);
  CHECK(!tokenizer->adds_bos());
}

TEST_CASE("GGUF gpt2: merges, also those that make no token, and the named pre-tokenizer") {
  const auto tokenizer = gpt2("gpt-2").read();
  CHECK(tokenizer->encode("ab 12", false) == Ids{256, ' ', '1', '2'});
  CHECK(tokenizer->encode("cd<s>b b", false) == Ids{'c', 'd', '<', 's', '>', 258});
  CHECK(tokenizer->decode(Ids{257, 256, 258, 0xC3, 0xA9}) == "abb b\u00E9");
  CHECK(!tokenizer->adds_bos());
  CHECK(tokenizer->encode("a", true) == Ids{257, 'a'});
  CHECK(gpt2("llama-bpe").read()->adds_bos());
  CHECK(gpt2("").read()->description() == "GGUF gpt2 (byte-level BPE, pre-tokenizer default)");
}

TEST_CASE("GGUF vocabularies of other kinds, and those that contradict themselves") {
  const auto complaint = [](const Keys& keys) { return tests::complaint([&] { keys.read(); }); };
  Keys bert;
  bert.text("model", "bert");
  CHECK(complaint(bert) == "t: tokenizer.ggml.model is 'bert'; llama and gpt2 are read");
  CHECK(complaint(Keys()) == "t: metadata key tokenizer.ggml.model is missing");
  CHECK(complaint(gpt2("gpt-9")).starts_with("t: tokenizer.ggml.pre is 'gpt-9'; known are bloom, "));
  Keys keys = llama();
  keys.number("eos_token_id", 1000);
  CHECK(complaint(keys) == "t: tokenizer.ggml.eos_token_id is 1000, but there are 264 tokens");
  Keys short_scores;
  short_scores.text("model", "llama");
  short_scores.texts("tokens", {"a", "b"});
  short_scores.numbers("scores", GgufType::f32, std::vector<float>{1});
  CHECK(complaint(short_scores) == "t: tokenizer.ggml.scores has 1 entries for 2 tokens");
  Keys no_pair;
  no_pair.text("model", "gpt2");
  no_pair.texts("tokens", {"a"});
  no_pair.texts("merges", {"ab"});
  CHECK(complaint(no_pair) == "t: the merge 'ab' is no pair");
  Keys no_text;
  no_text.text("model", "gpt2");
  no_text.texts("tokens", {"\xC3"});
  CHECK(complaint(no_text) == "t: tokenizer.ggml.tokens holds '\\xC3', which is not valid UTF-8");
}

}  // namespace snnsim::models
