// tokenizer.json of the byte-level kind.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "models/tokenizer/byte_alphabet.hpp"
#include "models/tokenizer/tokenizer_json.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

using nlohmann::json;
using Ids = std::vector<TokenId>;

enum : TokenId { ab = 256, space_ab, end, wide, word };

/// Byte b is piece b.
json small_tokenizer() {
  json vocabulary;
  for (int byte = 0; byte < 256; ++byte) vocabulary[in_alphabet(std::string(1, static_cast<char>(byte)))] = byte;
  vocabulary["ab"] = ab;
  vocabulary["\u0120ab"] = space_ab;
  const json added = {{{"id", end}, {"content", "<end>"}, {"special", true}},
                      {{"id", wide}, {"content", "<wide>"}, {"lstrip", true}, {"rstrip", true}},
                      {{"id", word}, {"content", "xx"}, {"single_word", true}, {"normalized", true}}};
  return {{"added_tokens", added},
          {"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
          {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", {"a b", "\u0120 ab"}}}}};
}

std::unique_ptr<Tokenizer> read(const char* patch, const TokenizerConfig& config = {}) {
  json whole = small_tokenizer();
  whole.merge_patch(json::parse(patch));
  return read_tokenizer_json(whole.dump(), "t", config);
}

Ids encode(const char* patch, std::string_view text) {
  return read(patch)->encode(text, false);
}

}  // namespace

TEST_CASE("words of bytes") {
  CHECK(encode("{}", "ab ab") == Ids{ab, space_ab});
  CHECK(encode("{}", "\u00E9") == Ids{0xC3, 0xA9});
  CHECK(encode(R"({"pre_tokenizer": {"add_prefix_space": true}})", "ab") == Ids{space_ab});
  CHECK(encode(R"({"pre_tokenizer": {"add_prefix_space": true}})", " ab") == Ids{space_ab});
}

TEST_CASE("bytes come back one by one, so that a character may need several ids") {
  const auto tokenizer = read("{}");
  CHECK(tokenizer->decode_piece(-1, 0xC3) == "\xC3");
  CHECK(tokenizer->decode_piece(0xC3, 0xA9) == "\xA9");
  CHECK(tokenizer->decode(Ids{0xC3, 0xA9, space_ab, end}) == "\u00E9 ab<end>");
  CHECK(tokenizer->decode_piece(-1, space_ab) == " ab");
  CHECK(tests::complaint([&] { tokenizer->decode_piece(-1, 261); }) == "token id 261 is outside the vocabulary of 261");
}

TEST_CASE("added tokens and the space around them") {
  CHECK(encode("{}", "ab<end> ab") == Ids{ab, end, space_ab});
  CHECK(encode("{}", "ab \t<wide>\u2003ab") == Ids{ab, wide, ab});
  CHECK(encode("{}", "<end> <wide> <wide>") == Ids{end, wide, wide});
  CHECK(encode("{}", "xx,xx") == Ids{word, ',', word});
  CHECK(encode("{}", "axx") == Ids{'a', 'x', 'x'});
  CHECK(encode("{}", "xx\u00E9") == Ids{'x', 'x', 0xC3, 0xA9});
}

TEST_CASE("a normalizer of Unicode forms") {
  CHECK(encode(R"({"normalizer": {"type": "NFC"}})", "e\u0301") == Ids{0xC3, 0xA9});
  CHECK(encode(R"({"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "NFD"}]}})",
               "\uFF41\u00E9") == Ids{'a', 'e', 0xCC, 0x81});
  CHECK_THROWS_AS(read(R"({"normalizer": {"type": "Lowercase"}})"), DataError);
}

TEST_CASE("bos by the configuration, else by the template, else by the usual names") {
  CHECK(read("{}")->bos() == -1);
  CHECK(!read("{}")->adds_bos());
  CHECK(read("{}")->encode("ab", true) == Ids{ab});
  const char* with_template = R"({"post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"},
      {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<end>"}}, {"Sequence": {"id": "A"}}]}]}})";
  CHECK(read(with_template)->bos() == end);
  CHECK(read(with_template)->adds_bos());
  CHECK(read(with_template)->encode("ab", true) == Ids{end, ab});
  TokenizerConfig config;
  config.bos_token = "";
  CHECK(read(with_template, config)->bos() == -1);
  config = {.bos_token = "xx", .eos_token = "<end>", .add_bos_token = true};
  CHECK(read("{}", config)->bos() == word);
  CHECK(read("{}", config)->eos() == end);
  CHECK(read("{}", config)->adds_bos());
  CHECK(read("{}", config)->decode(Ids{word, ab, end}) == "ab");
  config.bos_token = "<no>";
  CHECK(tests::complaint([&] { read("{}", config); }) == "t: the vocabulary lacks '<no>', which stands for no text");
}

TEST_CASE("steps of a pre-tokenizer that are not read") {
  const auto complaint = [](const char* patch) { return tests::complaint([&] { read(patch); }); };
  CHECK(complaint(R"({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"},
                      {"type": "Digits"}]}})")
            .ends_with("is of another kind"));
  CHECK(complaint(R"({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split"},
                      {"type": "ByteLevel"}]}})")
            .ends_with("is of another kind"));
  CHECK(complaint(R"({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                      {"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"}, {"type": "ByteLevel",
                      "add_prefix_space": false}]}})")
            .find("is no regular expression") != std::string::npos);
}

}  // namespace snnsim::models
