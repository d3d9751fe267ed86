#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/evaluation/segments.hpp"
#include "experiments/evaluation/wikitext_pages.hpp"
#include "experiments/files.hpp"
#include "tests/support/assets.hpp"
#include "tests/support/byte_tokenizer.hpp"
#include "tests/support/scratch_folder.hpp"

namespace snnsim::experiments {
namespace {

PerplexityTask task_of(Protocol protocol, std::size_t segment, std::filesystem::path text = {}) {
  PerplexityTask task;
  task.text = std::move(text);
  task.protocol = protocol;
  task.segment = segment;
  return task;
}

/// The segments that a text has under a protocol, in ids of bytes.
std::vector<Segment> segments_of(std::string_view text, PerplexityTask task,
                                 const tests::ByteTokenizer& tokenizer = tests::ByteTokenizer()) {
  const tests::ScratchFolder folder;
  task.text = folder.path() / "text.txt";
  write_file(task.text, text);
  return evaluation_segments(task, tokenizer);
}

TokenIds ids_of(std::string_view text) {
  return tests::ByteTokenizer().encode(text, false);
}

TokenIds with_bos(std::string_view text) {
  return tests::ByteTokenizer().encode(text, true);
}

}  // namespace

TEST_CASE("protocol documents") {
  PerplexityTask task = task_of(Protocol::documents, 4);
  task.separator = "|";
  CHECK(segments_of(" abcdef |\n|g| |", task) == std::vector<Segment>{{with_bos("abc")}, {with_bos("g")}});
  PerplexityTask first = task;
  first.max_segments = 1;
  CHECK(segments_of("ab|c|d", first) == std::vector<Segment>{{with_bos("ab")}});
}

TEST_CASE("protocol gptq: a blank line is the empty row, rows are joined by two newlines") {
  CHECK(join_rows(" \n = A = \n \n b\n") == "\n\n = A = \n\n\n\n\n b\n");
  CHECK(join_rows("a") == "a");
  const auto segments = segments_of("ab\n \nc\n", task_of(Protocol::gptq, 4));
  CHECK(segments == std::vector<Segment>{{with_bos("ab\n")}, {ids_of("\n\n\n\n")}});  // the tail "c\n" is dropped
}

TEST_CASE("protocol llama_cpp: BOS in the place of each first token, the second half scored") {
  const auto segments = segments_of("abcdefghi\n", task_of(Protocol::llama_cpp, 4));
  REQUIRE(segments.size() == 2);  // BOS and nine letters: the newline at the end of the file does not count
  CHECK(segments[0] == Segment{.ids = with_bos("abc"), .first_scored = 3});
  CHECK(segments[1] == Segment{.ids = with_bos("efg"), .first_scored = 3});
  CHECK(segments[0].scored() == 1);
  const auto longer = segments_of(std::string(2000, 'a'), task_of(Protocol::llama_cpp, 512));
  CHECK(longer.size() == 3);
  CHECK(longer[2].scored() == 255);
  CHECK(segments_of("abc", task_of(Protocol::llama_cpp, 2))[0].scored() == 1);
}

TEST_CASE("a vocabulary without BOS: nothing is put in front, and pages begin from EOS") {
  const tests::ByteTokenizer without(false);
  CHECK(segments_of("abcdefgh", task_of(Protocol::gptq, 4), without)[0].ids == ids_of("abcd"));
  CHECK(segments_of("abcdefgh", task_of(Protocol::llama_cpp, 4), without)[1].ids == ids_of("efgh"));
  CHECK(segments_of("abc", task_of(Protocol::documents, 9), without)[0].ids == ids_of("abc"));
  CHECK(segments_of("abc", task_of(Protocol::lm_eval, 100), without)[0].ids.front() == without.eos());
}

TEST_CASE("protocol lm_eval goes through the file") {
  const auto segments = segments_of("= A =\nb", task_of(Protocol::lm_eval, 100));
  REQUIRE(segments.size() == 1);
  CHECK(segments[0].ids == with_bos("= A =\nb"));
  CHECK(segments[0].words == 4);
}

TEST_CASE("protocol c4 takes at most 256 segments, and fewer when asked") {
  const PerplexityTask task = task_of(Protocol::c4, 4);
  CHECK(segments_of("{\"text\": \"abcdefgh\"}", task).size() == 256);
  PerplexityTask three = task;
  three.max_segments = 3;
  const auto segments = segments_of("{\"text\": \"abcdefgh\"}", three);
  REQUIRE(segments.size() == 3);
  CHECK(segments[0].ids.size() == 4);
  CHECK(segments[0].first_scored == 1);
}

TEST_CASE("a missing shard of C4 is not run, any other missing text is an error") {
  const tests::ByteTokenizer tokenizer;
  for (const Protocol protocol : {Protocol::c4, Protocol::c4_new}) {
    const PerplexityTask task = task_of(protocol, 256, "/nowhere/c4.json.gz");
    CHECK(evaluation_segments(task, tokenizer).empty());
    CHECK(why_not_run(task) == "not run: the C4 shard /nowhere/c4.json.gz is not there");
  }
  for (const Protocol protocol : {Protocol::documents, Protocol::gptq, Protocol::lm_eval, Protocol::llama_cpp}) {
    const PerplexityTask task = task_of(protocol, 256, "/nowhere/text.txt");
    CHECK(why_not_run(task).empty());
    CHECK_THROWS_AS(evaluation_segments(task, tokenizer), DataError);
  }
}

TEST_CASE("texts without a whole segment") {
  for (const Protocol protocol : {Protocol::gptq, Protocol::llama_cpp})
    CHECK_THROWS_AS(segments_of("abc", task_of(protocol, 5)), DataError);
  for (const Protocol protocol : {Protocol::documents, Protocol::gptq, Protocol::lm_eval, Protocol::llama_cpp})
    CHECK_THROWS_AS(segments_of(" \n", task_of(protocol, 5)), DataError);
}

TEST_CASE("WikiText-2 under LLaMA's vocabulary: protocols llama_cpp and lm_eval") {
  if (!tests::have_assets()) return;
  const auto tokenizer = models::open_tokenizer(tests::assets() / "tokenizers" / "tokenizer32k.bin", 32000);
  PerplexityTask task = task_of(Protocol::llama_cpp, 512, tests::assets() / "text" / "wikitext-2" / "wiki.test.raw");
  const auto llama_cpp = evaluation_segments(task, *tokenizer);
  CHECK(llama_cpp.size() == 655);  // the chunks that llama.cpp counts
  CHECK(llama_cpp[7].ids[0] == 1);
  CHECK(llama_cpp[7].first_scored == 257);

  task.protocol = Protocol::lm_eval;
  task.segment = 2048;
  std::size_t words = 0, scored = 0, tokens = 0;
  for (const Segment& segment : evaluation_segments(task, *tokenizer)) {
    words += segment.words;
    scored += segment.scored();
  }
  CHECK(words == 241335);
  for (const std::string& page : wikitext_pages(read_file(task.text)))
    tokens += tokenizer->encode(detokenize_wikitext(page), false).size();
  CHECK(scored == tokens);
}

}  // namespace snnsim::experiments
