// Greedy text must equal what llama2.c wrote, token by token.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "models/llama/dense_model.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::models {
namespace {

std::string greedy_text(const std::string& weights, const std::string& tokenizer_file, std::size_t tokens) {
  const auto checkpoint = std::make_shared<const Checkpoint>(open_checkpoint(tests::assets() / "weights" / weights));
  const auto tokenizer =
      open_tokenizer(tests::assets() / "tokenizers" / tokenizer_file, checkpoint->config.vocabulary_size);
  const DenseModel model(checkpoint);
  DenseSequence sequence(model);
  std::vector<TokenId> ids{tokenizer->bos()};
  while (ids.size() < tokens) {
    sequence.append({&ids.back(), 1});
    const Matrix<float> logits = model.logits(sequence.normalised(), row_range(ids.size() - 1, ids.size()));
    const auto best = static_cast<TokenId>(std::ranges::max_element(logits.values()) - logits.values().begin());
    if (best == tokenizer->bos() || best == tokenizer->eos()) break;
    ids.push_back(best);
  }
  return tokenizer->decode(ids);
}

std::string reference(const std::string& file) {
  std::ifstream in(tests::assets() / "refs" / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string stripped(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

TEST_CASE("stories260K writes llama2.c's text") {
  if (!tests::have_assets()) return;
  CHECK(stripped(greedy_text("stories260K.bin", "tok512.bin", 257)) ==
        stripped(reference("stories260K_greedy256_runc.txt")));
}

TEST_CASE("stories15M writes llama2.c's text") {
  if (!tests::have_assets()) return;
  CHECK(stripped(greedy_text("stories15M.bin", "tokenizer32k.bin", 201)) ==
        stripped(reference("stories15M_greedy200.txt")));
}

}  // namespace
}  // namespace snnsim::models
