#include "models/tokenizer/tokenizer_json.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/tokenizer/tokenizer_json_parts.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

using nlohmann::json;
using Ids = std::vector<TokenId>;

enum : TokenId { bos = 1, eos = 2, byte_0 = 3, space = 259, a = 260, b = 261, ab = 262, space_a = 263 };

json small_tokenizer() {
  json vocabulary = {{"<unk>", 0}, {"<s>", bos}, {"</s>", eos}, {"\u2581", space}, {"a", a}, {"b", b}, {"ab", ab}};
  vocabulary["\u2581a"] = space_a;
  for (int i = 0; i < 256; ++i) vocabulary[fmt::format("<0x{:02X}>", i)] = byte_0 + i;
  const json prepend = {{"type", "Prepend"}, {"prepend", "\u2581"}};
  const json replace = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}};
  return {{"added_tokens", json::array({{{"id", eos}, {"content", "</s>"}}})},
          {"normalizer", {{"type", "Sequence"}, {"normalizers", {prepend, replace}}}},
          {"model",
           {{"type", "BPE"},
            {"byte_fallback", true},
            {"vocab", vocabulary},
            {"merges", json::array({"a b", json::array({"\u2581", "a"})})}}}};
}

std::unique_ptr<Tokenizer> read(const json& whole) {
  return read_tokenizer_json(whole.dump(), "t");
}

std::string complaint(const char* patch) {
  json whole = small_tokenizer();
  whole.merge_patch(json::parse(patch));
  return tests::complaint([&] { read(whole); });
}

}  // namespace

TEST_CASE("a space in front, merges in order, bytes for the rest") {
  const auto tokenizer = read(small_tokenizer());
  CHECK(tokenizer->vocabulary_size() == 264);
  CHECK(tokenizer->encode("ab a", true) == Ids{bos, space, ab, space_a});
  CHECK(tokenizer->encode("a", false) == Ids{space_a});
  CHECK(tokenizer->encode(" a", false) == Ids{space, space_a});
  CHECK(tokenizer->encode("\n", false) == Ids{space, byte_0 + '\n'});
  CHECK(tokenizer->encode("\u00E9", false) == Ids{space, byte_0 + 0xC3, byte_0 + 0xA9});
  CHECK(tokenizer->encode("", true) == Ids{bos});
}

TEST_CASE("decoding drops the space in front and control tokens") {
  const auto tokenizer = read(small_tokenizer());
  CHECK(tokenizer->decode(Ids{bos, space, ab, space_a, eos}) == "ab a");
  CHECK(tokenizer->decode(Ids{space, byte_0 + 0xC3, byte_0 + 0xA9}) == "\u00E9");
  CHECK(tokenizer->decode_piece(a, space_a) == " a");
  CHECK(tokenizer->decode_piece(-1, space_a) == "a");
  CHECK(tokenizer->decode_piece(bos, space_a) == "a");
  CHECK(tests::complaint([&] { tokenizer->decode_piece(a, 264); }) == "token id 264 is outside the vocabulary of 264");
  CHECK(tests::complaint([&] { tokenizer->decode_piece(a, -1); }) == "token id -1 is outside the vocabulary of 264");
}

TEST_CASE("added tokens are found before merges, each side prepared as a text of its own") {
  json whole = small_tokenizer();
  whole["added_tokens"].push_back({{"id", 264}, {"content", "bab"}});
  whole["added_tokens"].push_back({{"id", 265}, {"content", "aa"}, {"normalized", true}});
  const auto tokenizer = read(whole);
  CHECK(tokenizer->vocabulary_size() == 266);
  CHECK(tokenizer->encode("a</s>a", false) == Ids{space_a, eos, space_a});
  CHECK(tokenizer->encode("abab", false) == Ids{space_a, 264});
  CHECK(tokenizer->encode("<s>", false).front() == space);  // in the vocabulary, not an added token
  CHECK(tokenizer->encode("aa b", false) == Ids{265, space, b});
  CHECK(tokenizer->decode(Ids{space_a, 264}) == "abab");
}

TEST_CASE("a normalizer without Prepend puts nothing in front") {
  json whole = small_tokenizer();
  whole["normalizer"] = whole["normalizer"]["normalizers"][1];
  CHECK(read(whole)->encode("a a", false) == Ids{a, space_a});
}

TEST_CASE("text that is not UTF-8") {
  const auto tokenizer = read(small_tokenizer());
  CHECK(tests::complaint([&] { tokenizer->encode("a\xE4\xBD", false); }) ==
        "the text is not valid UTF-8: byte 1 is 0xE4");
}

TEST_CASE("tokenizers of other kinds") {
  CHECK(complaint(R"({"pre_tokenizer": {"type": "WhitespaceSplit"}})") ==
        "t: the pre_tokenizer's step '{\"type\":\"WhitespaceSplit\"}' is of another kind");
  CHECK(complaint(R"({"model": {"type": "Unigram"}})") == "t (model): the type is 'Unigram'");
  CHECK(complaint(R"({"model": {"byte_fallback": false}})") ==
        "t (model): byte_fallback is not set, and the pre_tokenizer has no step ByteLevel");
  CHECK(complaint(R"({"model": {"ignore_merges": true}})") ==
        "t (model): ignore_merges is set, and the pre_tokenizer has no step ByteLevel");
  CHECK(complaint(R"({"model": {"dropout": 0.1}})").starts_with("t (model): dropout is set"));
  CHECK(complaint(R"({"model": {"end_of_word_suffix": "</w>"}})") == "t (model): end_of_word_suffix is set");
  CHECK(complaint(R"({"model": null})") == "t (model): holds no JSON object");
  CHECK(complaint(R"({"normalizer": null})") == "t: neither normalizer nor pre_tokenizer writes spaces as U+2581");
  CHECK(complaint(R"({"normalizer": {"normalizers": null}})") == "t: the normalizer has no normalizers");
  CHECK(complaint(R"({"normalizer": {"normalizers": [{"type": "NFKC"}]}})").find("is of another kind") !=
        std::string::npos);
}

TEST_CASE("vocabularies and merges that contradict themselves") {
  CHECK(complaint(R"({"model": {"vocab": {"a": 999}}})") == "t (model): the id of 'a' is 999 in a vocabulary of 264");
  CHECK(complaint(R"({"model": {"vocab": {"a": -1}}})") == "t (model): the id of 'a' is '-1'");
  CHECK(complaint(R"({"model": {"vocab": {"a": 261}}})").ends_with("have the same id"));
  CHECK(complaint(R"({"model": {"vocab": {"": 264}}})") == "t (model): a piece is empty");
  CHECK(complaint(R"({"model": {"vocab": {"<0x41>": null, "x": 68}}})") == "t: the vocabulary lacks the piece <0x41>");
  CHECK(complaint(R"({"model": {"vocab": null}})") == "t (model): vocab is missing");
  CHECK(complaint(R"({"model": {"merges": null}})") == "t (model): merges are missing");
  CHECK(complaint(R"({"model": {"merges": ["ab"]}})").ends_with("is no pair"));
  CHECK(complaint(R"({"model": {"merges": ["a z"]}})") == "t (model): the vocabulary lacks 'z'");
  CHECK(complaint(R"({"model": {"merges": ["b a"]}})") == "t (model): the vocabulary lacks 'ba'");
  CHECK(complaint(R"({"added_tokens": [{"id": 5, "content": "</s>"}]})") == "t (model): '</s>' has two ids");
  CHECK(complaint(R"({"added_tokens": [{"id": 5}]})") == "t (added_tokens): a token has no content");
  CHECK(complaint(R"({"added_tokens": {}})") == "t: added_tokens is no list");
}

}  // namespace snnsim::models
