#include "experiments/evaluation/segments.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/files.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

using Strings = std::vector<std::string>;

std::unique_ptr<models::Tokenizer> bundled_tokenizer() {
  return models::open_tokenizer(tests::bundled_model(), 2048);
}

std::filesystem::path text_file(const tests::ScratchFolder& folder, std::string_view text) {
  write_file(folder.path() / "text.txt", std::string(text));
  return folder.path() / "text.txt";
}

}  // namespace

TEST_CASE("documents lie between separators, stripped; empty ones are left out") {
  CHECK(split_documents("one<|>\n two \n<|> <|>three", "<|>") == Strings{"one", "two", "three"});
  CHECK(split_documents("<|>one<|>", "<|>") == Strings{"one"});
  CHECK(split_documents("one\ntwo", "") == Strings{"one\ntwo"});
  CHECK(split_documents(" \n", "<|>").empty());
  CHECK(split_documents("a<|<|>b", "<|>") == Strings{"a<|", "b"});
}

TEST_CASE("rows keep their newline, blank ones become empty, and two newlines join them") {
  CHECK(join_rows("a\nb\n") == "a\n\n\nb\n");
  CHECK(join_rows(" \n = T = \n \n x\n") == "\n\n = T = \n\n\n\n\n x\n");
  CHECK(join_rows("a\nlast") == "a\n\n\nlast");
  CHECK(join_rows("").empty());
  CHECK(join_rows("\n\n") == "\n\n");
}

TEST_CASE("protocol documents: each document its own sequence with BOS, cut at the segment length") {
  const tests::ScratchFolder folder;
  const auto tokenizer = bundled_tokenizer();
  PerplexityTask task{.text = text_file(folder, "Once upon a time there was a cat.<|endoftext|>\nHi.\n"), .segment = 6};
  const std::vector<Segment> segments = evaluation_segments(task, *tokenizer);
  REQUIRE(segments.size() == 2);
  CHECK(segments[0].ids.size() == 6);
  TokenIds whole = tokenizer->encode("Once upon a time there was a cat.", true);
  whole.resize(6);
  CHECK(segments[0] == Segment{whole});
  CHECK(segments[1] == Segment{tokenizer->encode("Hi.", true)});
  task.max_segments = 1;
  CHECK(evaluation_segments(task, *tokenizer) == std::vector<Segment>{{whole}});
}

TEST_CASE("protocol gptq: one stream with one BOS, segments without overlap, the tail dropped") {
  const tests::ScratchFolder folder;
  const auto tokenizer = bundled_tokenizer();
  const std::string text = "One day a dog ran.\nThe sun was hot.\n\nThe end.\n";
  PerplexityTask task{.text = text_file(folder, text), .protocol = Protocol::gptq, .segment = 5};
  const TokenIds stream = tokenizer->encode(join_rows(text), true);
  const std::vector<Segment> segments = evaluation_segments(task, *tokenizer);
  REQUIRE(segments.size() == stream.size() / 5);
  for (std::size_t i = 0; i < segments.size(); ++i)
    CHECK(std::ranges::equal(segments[i].ids, std::span(stream).subspan(5 * i, 5)));
  task.segment = stream.size() + 1;
  CHECK_THROWS_AS(evaluation_segments(task, *tokenizer), DataError);
}

TEST_CASE("texts that are empty, missing or not UTF-8 are refused") {
  const tests::ScratchFolder folder;
  const auto tokenizer = bundled_tokenizer();
  CHECK_THROWS_AS(evaluation_segments({.text = text_file(folder, " \n")}, *tokenizer), DataError);
  CHECK_THROWS_AS(evaluation_segments({.text = folder.path() / "none.txt"}, *tokenizer), DataError);
  CHECK_THROWS_AS(evaluation_segments({.text = text_file(folder, "a\xff")}, *tokenizer), DataError);
}

TEST_CASE("the seed chooses the calibration documents, each at most once") {
  const tests::ScratchFolder folder;
  const auto tokenizer = bundled_tokenizer();
  std::string text;
  for (int i = 0; i < 20; ++i) text += "Story number " + std::to_string(i) + " about a cat.<|endoftext|>";
  const CalibrationText calibration{.text = text_file(folder, text), .segments = 8, .length = 100};
  const std::vector<TokenIds> first = calibration_sequences(calibration, 1, *tokenizer);
  CHECK(first.size() == 8);
  CHECK(std::set(first.begin(), first.end()).size() == 8);
  CHECK(calibration_sequences(calibration, 1, *tokenizer) == first);
  CHECK(calibration_sequences(calibration, 2, *tokenizer) != first);
}

TEST_CASE("WikiText-2 has the 341469 ids and 166 segments of the published tables" * doctest::test_suite("slow")) {
  if (!tests::have_assets()) return;
  // llama2_tokenizer.json beside it numbers its pieces otherwise (28705 is the space): not LLaMA's vocabulary.
  const auto tokenizer = models::open_tokenizer(tests::assets() / "tokenizers" / "tokenizer32k.bin", 32000);
  const PerplexityTask task{
      .text = tests::assets() / "text" / "wikitext-2" / "wiki.test.raw", .protocol = Protocol::gptq, .segment = 2048};
  const TokenIds ids = tokenizer->encode(join_rows(read_file(task.text)), true);
  CHECK(ids.size() == 341469);
  const TokenIds start{1, 29871, 13, 13, 353, 4755, 350, 5059, 357, 353, 29871, 13, 13, 13, 13, 13, 4755};
  CHECK(std::ranges::equal(std::span(ids).first(17), start));
  const std::vector<Segment> segments = evaluation_segments(task, *tokenizer);
  CHECK(segments.size() == 166);
  CHECK(std::ranges::equal(segments[165].ids, std::span(ids).subspan(165 * 2048, 2048)));
}

}  // namespace snnsim::experiments
