#include "experiments/zero_shot/request_score.hpp"

#include <doctest/doctest.h>

namespace snnsim::experiments {
namespace {

/// An item whose choices have these numbers of characters.
EncodedItem item_of(std::vector<std::size_t> characters, std::size_t gold) {
  EncodedItem item;
  item.requests.resize(characters.size());
  item.characters = std::move(characters);
  item.gold = gold;
  return item;
}

}  // namespace

TEST_CASE("acc takes the largest sum, acc_norm the largest sum per character") {
  ZeroShotTally tally;
  add_item(item_of({2, 10}, 0), {{-4, false}, {-10, false}}, tally);  // per character: -2, -1
  CHECK(tally == ZeroShotTally{.correct = 1, .correct_norm = 0, .nll = 4, .nll_squared = 16});
  add_item(item_of({2, 10}, 1), {{-4, false}, {-10, false}}, tally);
  CHECK(tally == ZeroShotTally{.correct = 1, .correct_norm = 1, .nll = 14, .nll_squared = 116});
}

TEST_CASE("of equal choices the first wins") {
  ZeroShotTally tally;
  add_item(item_of({3, 3, 3}, 0), {{-6, false}, {-6, false}, {-7, false}}, tally);
  CHECK(tally.correct == 1);
  CHECK(tally.correct_norm == 1);
  add_item(item_of({3, 3, 3}, 1), {{-6, false}, {-6, false}, {-7, false}}, tally);
  CHECK(tally.correct == 1);
  CHECK(tally.correct_norm == 1);
}

TEST_CASE("without a choice an item is right when each token is the most likely one") {
  ZeroShotTally tally;
  add_item(item_of({5}, 0), {{-2, true}}, tally);
  add_item(item_of({5}, 0), {{-1, false}}, tally);
  CHECK(tally == ZeroShotTally{.correct = 1, .correct_norm = 0, .nll = 3, .nll_squared = 5});
}

}  // namespace snnsim::experiments
