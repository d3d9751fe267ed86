#include "models/tokenizer/character_bpe.hpp"

#include <map>
#include <optional>

#include <doctest/doctest.h>

#include "tests/equivalence/small_model.hpp"

namespace snnsim::models {
namespace {

using Ids = std::vector<TokenId>;

/// A vocabulary in which byte b is piece b, followed by what is added.
struct Vocabulary {
  std::vector<std::string> pieces;
  std::vector<Merge> merges;
  std::array<TokenId, 256> bytes{};

  Vocabulary() {
    for (int b = 0; b < 256; ++b) {
      bytes[static_cast<std::size_t>(b)] = static_cast<TokenId>(pieces.size());
      pieces.push_back("<byte>");
    }
  }
  TokenId add(const std::string& piece) {
    pieces.push_back(piece);
    return static_cast<TokenId>(pieces.size() - 1);
  }
  TokenId merge(TokenId left, TokenId right) {
    const std::string joined = pieces[static_cast<std::size_t>(left)] + pieces[static_cast<std::size_t>(right)];
    const auto known = std::ranges::find(pieces, joined);
    const TokenId merged = known == pieces.end() ? add(joined) : static_cast<TokenId>(known - pieces.begin());
    merges.push_back({left, right, merged, static_cast<std::uint32_t>(merges.size())});
    return merged;
  }
  Ids encode(std::string_view text) const {
    Ids ids;
    CharacterBpeTables tables;
    tables.symbols = pieces;
    tables.pieces = pieces.size();
    tables.merges = merges;
    tables.byte_pieces = bytes;
    tables.space = "_";
    CharacterBpe(tables).encode(text, ids);
    return ids;
  }
};

/// The definition: again and again the merge of the lowest rank, leftmost first.
Ids merged_by_definition(const Vocabulary& vocabulary, Ids ids) {
  std::map<std::pair<TokenId, TokenId>, Merge> merges;
  for (const Merge& merge : vocabulary.merges) merges[{merge.left, merge.right}] = merge;
  for (;;) {
    std::optional<std::pair<std::uint32_t, std::size_t>> best;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const auto found = merges.find({ids[i], ids[i + 1]});
      if (found == merges.end() || (best && best->first <= found->second.rank)) continue;
      best = {found->second.rank, i};
    }
    if (!best) return ids;
    ids[best->second] = merges.at({ids[best->second], ids[best->second + 1]}).merged;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(best->second) + 1);
  }
}

}  // namespace

TEST_CASE("low ranks merge first, and of equal ones the leftmost") {
  Vocabulary v;
  const TokenId a = v.add("a"), b = v.add("b"), c = v.add("c");
  const TokenId bc = v.merge(b, c), ab = v.merge(a, b), aa = v.merge(a, a);
  CHECK(v.encode("abc") == Ids{a, bc});
  CHECK(v.encode("ab") == Ids{ab});
  CHECK(v.encode("aaa") == Ids{aa, a});
  CHECK(v.encode("") == Ids{});
}

TEST_CASE("a character outside the vocabulary becomes its bytes, which do not merge with it") {
  Vocabulary v;
  const TokenId e = v.add("\u00E9");
  CHECK(v.encode("\u00E9\u00E8z") == Ids{e, 0xC3, 0xA8, 'z'});
  CHECK(v.encode("\U0001F600") == Ids{0xF0, 0x9F, 0x98, 0x80});
}

TEST_CASE("a piece of one stray byte stands for no character") {
  Vocabulary v;
  v.add("\xC1");
  v.add("\x80");
  CHECK(v.encode(std::string("A\0", 2)) == Ids{'A', 0});
}

TEST_CASE("words end at spaces only where no merge can cross them") {
  Vocabulary v;
  const TokenId space = v.add("_"), a = v.add("a");
  const TokenId word = v.merge(space, a), spaces = v.merge(space, space);
  CHECK(v.encode("a_a__a") == Ids{a, word, space, word});
  CHECK(v.encode("___") == Ids{spaces, space});
  const TokenId crossing = v.merge(a, word);
  CHECK(v.encode("a_a") == Ids{crossing});
}

TEST_CASE("random vocabularies and texts agree with the definition of the merges") {
  tests::Random random{11};
  for (int round = 0; round < 300; ++round) {
    Vocabulary v;
    std::vector<TokenId> made;
    for (const char* letter : {"a", "b", "_"}) made.push_back(v.add(letter));
    const auto any = [&] { return made[random.next() % made.size()]; };
    for (int i = 0; i < 12; ++i) made.push_back(v.merge(any(), any()));
    std::string text;
    Ids start;
    for (std::uint64_t length = random.next() % 40; length > 0; --length) {
      const TokenId letter = made[random.next() % 3];
      text += v.pieces[static_cast<std::size_t>(letter)];
      start.push_back(letter);
    }
    CHECK(v.encode(text) == merged_by_definition(v, start));
  }
}

}  // namespace snnsim::models
