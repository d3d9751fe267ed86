#include "experiments/evaluation/lm_eval_segments.hpp"

#include <numeric>

#include <doctest/doctest.h>

#include "tests/support/byte_tokenizer.hpp"

namespace snnsim::experiments {
namespace {

TokenIds first_tokens(std::size_t count) {
  TokenIds tokens(count);
  std::iota(tokens.begin(), tokens.end(), 10);
  return tokens;
}

}  // namespace

TEST_CASE("rolling windows: disjoint, one token of context, the last filled up on the left") {
  const auto windows = rolling_windows(first_tokens(10), 1, 4);
  REQUIRE(windows.size() == 3);
  CHECK(windows[0] == Segment{.ids = {1, 10, 11, 12, 13}, .first_scored = 1});
  CHECK(windows[1] == Segment{.ids = {13, 14, 15, 16, 17}, .first_scored = 1});
  CHECK(windows[2] == Segment{.ids = {15, 16, 17, 18, 19}, .first_scored = 3});  // predicts 18 and 19 only
}

TEST_CASE("rolling windows: a text no longer than a window, one token, none") {
  CHECK(rolling_windows(first_tokens(3), 1, 4) == std::vector<Segment>{{.ids = {1, 10, 11, 12}}});
  CHECK(rolling_windows(first_tokens(4), 1, 4) == std::vector<Segment>{{.ids = {1, 10, 11, 12, 13}}});
  CHECK(rolling_windows(first_tokens(1), 1, 4) == std::vector<Segment>{{.ids = {1, 10}}});
  CHECK(rolling_windows({}, 1, 4).empty());
  const auto windows = rolling_windows(first_tokens(5), 1, 4);  // the last window never reaches the prefix
  REQUIRE(windows.size() == 2);
  CHECK(windows[1] == Segment{.ids = {10, 11, 12, 13, 14}, .first_scored = 4});
}

TEST_CASE("rolling windows predict every token once and never use more than `length` inputs") {
  for (std::size_t count = 1; count < 40; ++count) {
    TokenIds predicted;
    for (const Segment& window : rolling_windows(first_tokens(count), 1, 7)) {
      CHECK(window.inputs() <= 7);
      predicted.insert(predicted.end(), window.ids.begin() + static_cast<std::ptrdiff_t>(window.first_scored),
                       window.ids.end());
    }
    CHECK(predicted == first_tokens(count));
  }
}

TEST_CASE("protocol lm_eval: words of the page as it was, tokens of the page detokenized") {
  const tests::ByteTokenizer tokenizer;
  const std::string text = " = A = \n b , c \n = D = \n e";
  const auto segments = lm_eval_segments(text, 100, 0, tokenizer);
  REQUIRE(segments.size() == 2);
  CHECK(segments[0].words == 8);  // "", =, A, =, b, ",", c, ""
  CHECK(segments[1].words == 5);
  CHECK(segments[0].ids == tokenizer.encode(" = A =\nb, c ", true));
  CHECK(segments[0].first_scored == 1);

  const auto windows = lm_eval_segments(text, 4, 0, tokenizer);
  REQUIRE(windows.size() == 5);  // 12 and 8 tokens
  CHECK(windows[0].words == 8);
  CHECK(windows[1].words == 0);
  CHECK(windows[3].words == 5);
  CHECK(windows[3].ids.front() == tokenizer.bos());
  CHECK(lm_eval_segments(text, 4, 4, tokenizer).size() == 3);  // whole pages only
  CHECK(lm_eval_segments(text, 4, 1, tokenizer).size() == 3);  // and one at least
}

}  // namespace snnsim::experiments
