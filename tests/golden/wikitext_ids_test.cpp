// WikiText-2 by protocol `gptq` in every format of LLaMA-2's vocabulary: the number of ids and the first ones.
#include <algorithm>

#include <doctest/doctest.h>

#include "experiments/evaluation/segments.hpp"
#include "experiments/files.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::experiments {
namespace {

TokenIds wikitext_ids(const char* tokenizer) {
  const std::string text = join_rows(read_file(tests::assets() / "text/wikitext-2/wiki.test.raw"));
  return models::open_tokenizer(tests::assets() / "tokenizers" / tokenizer, 32000)->encode(text, true);
}

}  // namespace

TEST_CASE("WikiText-2 has 341469 ids in LLaMA-2's vocabulary, the same in every format") {
  if (!tests::have_assets()) return;
  const TokenIds ids = wikitext_ids("llama_tokenizer32k.model");
  const TokenIds first = {1, 29871, 13, 13, 353, 4755, 350, 5059, 357, 353, 29871, 13, 13, 13, 13, 13, 4755};
  CHECK(ids.size() == 341469);
  CHECK(std::equal(first.begin(), first.end(), ids.begin()));
  CHECK(wikitext_ids("llama.cpp-vocab/ggml-vocab-llama-spm.gguf") == ids);
  CHECK(wikitext_ids("tokenizer32k.bin") == ids);
}

TEST_CASE("WikiText-2 has the same ids in both formats of LLaMA-3's vocabulary") {
  if (!tests::have_assets()) return;
  const std::string text = join_rows(read_file(tests::assets() / "text/wikitext-2/wiki.test.raw"));
  const auto folder = tests::assets() / "tokenizers";
  const auto json = models::open_tokenizer(folder / "llama3_tokenizer.json", 128256);
  const auto gguf = models::open_tokenizer(folder / "llama.cpp-vocab/ggml-vocab-llama-bpe.gguf", 128256);
  const TokenIds ids = json->encode(text, false);
  CHECK(gguf->encode(text, false) == ids);
  CHECK(json->decode(ids) == text);
}

}  // namespace snnsim::experiments
