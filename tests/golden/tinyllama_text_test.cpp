// TinyLlama from GGUF must continue texts as llama.cpp does with the same file. llama.cpp rounds activations to 8 bits
// where we compute in fp32, so a token may differ where two are about equally likely: after each token of llama.cpp's
// text, ours must be the same with one exception per text.
#include <algorithm>

#include "models/llama/dense_model.hpp"
#include "tests/support/tinyllama.hpp"

namespace snnsim::models {
namespace {

struct Continuation {
  const char* text;
  std::size_t prompt;        // tokens of the prompt, BOS included
  std::vector<TokenId> ids;  // the prompt and llama.cpp's 16 greedy tokens
};

const std::vector<Continuation> continuations = {
    {"Once upon a time, the world was a place of mystery and wonder. The sky was a deep",
     5,
     {1,   9038,  2501, 263,  931,   29892, 278,   3186, 471, 263, 2058,
      310, 29236, 322,  4997, 29889, 450,   14744, 471,  263, 6483}},
    {"The capital of France is the second largest city in the country. It is located in the center of the",
     6,
     {1,   450,  7483,  310, 3444, 338,  278, 1473, 10150, 4272, 297,
      278, 4234, 29889, 739, 338,  5982, 297, 278,  4818,  310,  278}},
    {"Water boils at 100 degrees Celsius.\n\n2. The water bo", 5, {1,     13062, 1045,  2719,  472,  29871, 29896,
                                                                   29900, 29900, 14496, 14227, 1039, 375,   29889,
                                                                   13,    13,    29906, 29889, 450,  4094,  1045}},
};

/// The most likely token after each of the ids.
std::vector<TokenId> most_likely(const DenseModel& model, const std::vector<TokenId>& ids) {
  DenseSequence sequence(model);
  sequence.append(ids);
  const Matrix<float> logits = model.logits(sequence.normalised(), row_range(0, ids.size()));
  std::vector<TokenId> best;
  for (std::size_t r = 0; r < ids.size(); ++r) {
    const std::span<const float> row(logits.row(r), logits.columns());
    best.push_back(static_cast<TokenId>(std::ranges::max_element(row) - row.begin()));
  }
  return best;
}

TEST_CASE("TinyLlama from GGUF continues three texts as llama.cpp does" * doctest::test_suite("slow")) {
  if (!tests::have_tinyllama()) return;
  const DenseModel model(std::make_shared<Checkpoint>(open_checkpoint(tests::tinyllama())));
  for (const Continuation& expected : continuations) {
    CAPTURE(expected.text);
    const std::vector<TokenId> best = most_likely(model, expected.ids);
    std::size_t different = 0;
    for (std::size_t i = expected.prompt; i < expected.ids.size(); ++i) different += best[i - 1] != expected.ids[i];
    CHECK(different <= 1);
  }
}

}  // namespace
}  // namespace snnsim::models
