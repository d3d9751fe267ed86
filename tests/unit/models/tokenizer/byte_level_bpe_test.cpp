#include "models/tokenizer/byte_level_bpe.hpp"

#include <doctest/doctest.h>

namespace snnsim::models {
namespace {

using Ids = std::vector<TokenId>;

/// Bytes a, b, c are 0, 1, 2; ab 3; abc 4, which no merge makes; then bc, which is no piece.
ByteLevelTables tables() {
  ByteLevelTables tables;
  tables.symbols = {"a", "b", "c", "ab", "abc", "bc"};
  tables.pieces = 5;
  tables.merges = {{.left = 1, .right = 2, .merged = 5, .rank = 1}, {.left = 0, .right = 1, .merged = 3, .rank = 0}};
  return tables;
}

Ids encode(const ByteLevelTables& tables, const std::vector<std::string_view>& words) {
  Ids ids;
  ByteLevelBpe(tables).encode(words, ids);
  return ids;
}

}  // namespace

TEST_CASE("words merge by themselves, in the order of the ranks") {
  CHECK(encode(tables(), {"abc", "abc", "a", "b"}) == Ids{3, 2, 3, 2, 0, 1});
}

TEST_CASE("what merges make and no piece is comes out byte by byte") {
  CHECK(encode(tables(), {"bc"}) == Ids{1, 2});
}

TEST_CASE("ignore_merges takes a word that is a piece as it is") {
  ByteLevelTables whole_words = tables();
  whole_words.ignore_merges = true;
  CHECK(encode(whole_words, {"abc", "abca"}) == Ids{4, 3, 2, 0});
}

TEST_CASE("a byte without a piece is the unknown one, or left out") {
  ByteLevelTables with_unknown = tables();
  CHECK(encode(with_unknown, {"axb"}) == Ids{3});
  with_unknown.unknown = 2;
  CHECK(encode(with_unknown, {"axb"}) == Ids{0, 2, 1});
}

}  // namespace snnsim::models
