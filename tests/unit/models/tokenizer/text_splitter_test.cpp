#include "models/tokenizer/text_splitter.hpp"

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "models/tokenizer/pre_tokenizers.hpp"
#include "tests/support/complaint.hpp"

namespace snnsim::models {
namespace {

std::string split(const std::vector<SplitRule>& rules, std::string_view text) {
  std::string result;
  for (const std::string_view word : TextSplitter(rules, "t").words(text)) result.append("[").append(word).append("]");
  return result;
}

std::string split_by(SplitBehavior behavior, bool inverted = false) {
  return split({{"-", behavior, inverted}}, "-a--b-c");
}

}  // namespace

TEST_CASE("what becomes of the matches") {
  CHECK(split_by(SplitBehavior::removed) == "[a][b][c]");
  CHECK(split_by(SplitBehavior::isolated) == "[-][a][-][-][b][-][c]");
  CHECK(split_by(SplitBehavior::merged_with_previous) == "[-][a-][-][b-][c]");
  CHECK(split_by(SplitBehavior::merged_with_next) == "[-a][-][-b][-c]");
  CHECK(split_by(SplitBehavior::contiguous) == "[-][a][--][b][-][c]");
  CHECK(split_by(SplitBehavior::removed, true) == "[-][-][-][-]");
}

TEST_CASE("rules divide what the rules before them left, whose ends they cannot see across") {
  CHECK(split({{"b"}, {"a+(?!b)"}}, "aabaa") == "[aa][b][aa]");
  CHECK(split({{R"(\p{N})"}, {gpt2_pattern}}, "in 2024!") == "[in][ ][2][0][2][4][!]");
  CHECK(split({}, "as it is") == "[as it is]");
  CHECK(split({{"x"}}, "").empty());
}

TEST_CASE("words are cut between characters of any length") {
  CHECK(split({{R"(\p{L}+)"}}, "é1你好\U0001F600ß\U00010400") == "[é][1][你好][\U0001F600][ß\U00010400]");
}

TEST_CASE("the patterns of the models that are known by name") {
  const auto words = [](const char* name, std::string_view text) {
    return split(find_pre_tokenizer(name)->rules(), text);
  };
  const char* text = "I'LL pay  $12345\n\n ok";
  CHECK(words("llama-bpe", text) == "[I]['LL][ pay][ ][ $][123][45][\n\n][ ok]");
  CHECK(words("qwen2", text) == "[I]['LL][ pay][ ][ $][1][2][3][4][5][\n\n][ ok]");
  CHECK(words("gpt-2", text) == "[I]['][LL][ pay][ ][ $][12345][\n\n][ ok]");
  CHECK(words("smollm", text) == "[I]['][LL][ pay][ ][ $][1][2][3][4][5][\n\n][ ok]");
  CHECK(words("gpt-4o", "HTMLParser's x") == "[HTMLParser's][ x]");
  CHECK(words("deepseek-v3", "a你好b 1234") == "[a][你好][b][ ][123][4]");
  CHECK(find_pre_tokenizer("llama-bpe")->ignore_merges);
  CHECK(find_pre_tokenizer("gpt-9") == nullptr);
  CHECK(known_pre_tokenizers().find("gpt-2, ") != std::string::npos);
}

TEST_CASE("every known pattern compiles and loses nothing") {
  std::string names = known_pre_tokenizers() + ", ";
  const std::string text = " It's 12 345,\t\r\n \u00E9\u4F60\U0001F600_ end  ";
  while (!names.empty()) {
    const std::size_t end = names.find(", ");
    std::string joined;
    for (const auto word : TextSplitter(find_pre_tokenizer(names.substr(0, end))->rules(), "t").words(text))
      joined += word;
    CHECK(joined == text);
    names.erase(0, end + 2);
  }
}

TEST_CASE("a pattern that finds a text itself") {
  CHECK(split({{literal_pattern("a.b\\E|\n")}}, "xa.b\\E|\ny") == "[x][a.b\\E|\n][y]");
}

TEST_CASE("patterns that are none, or need too long") {
  CHECK(tests::complaint([] { TextSplitter({{"a("}}, "t"); }) ==
        "t: the pre-tokenizer's pattern 'a(' is no regular expression that can be read (U_REGEX_MISMATCHED_PAREN)");
  CHECK_THROWS_AS(split({{"(a+)+b"}}, std::string(100, 'a')), DataError);
}

}  // namespace snnsim::models
