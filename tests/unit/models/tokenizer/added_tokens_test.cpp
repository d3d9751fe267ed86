#include "models/tokenizer/added_tokens.hpp"

#include <string>

#include <doctest/doctest.h>

namespace snnsim::models {
namespace {

std::string split(std::string_view text, const AddedTokens& tokens) {
  std::string result;
  split_at_added_tokens(
      text, tokens, [&](std::string_view part) { result += "[" + std::string(part) + "]"; },
      [&](TokenId id) { result += std::to_string(id); });
  return result;
}

}  // namespace

TEST_CASE("the leftmost token, of several the longest") {
  AddedTokens tokens;
  tokens.add("ab", 1);
  tokens.add("abc", 2);
  tokens.add("bcd", 3);
  CHECK(split("xabcdab", tokens) == "[x]2[d]1");
  CHECK(split("abab", tokens) == "11");
  CHECK(split("bc", tokens) == "[bc]");
  CHECK(split("", tokens).empty());
  CHECK(split("abc", AddedTokens()) == "[abc]");
}

}  // namespace snnsim::models
