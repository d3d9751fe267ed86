#include "experiments/evaluation/wikitext_pages.hpp"

#include <doctest/doctest.h>

#include "experiments/evaluation/python_text.hpp"
#include "experiments/files.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::experiments {

TEST_CASE("a page begins at a heading of the first level") {
  const auto pages = wikitext_pages(" \n = One = \n text = = \n = = Part = = \n more \n = Two = \n end");
  REQUIRE(pages.size() == 2);
  CHECK(pages[0] == " = One = \n text = = \n = = Part = = \n more ");  // the blank text before it is no page
  CHECK(pages[1] == " = Two = \n end");
  CHECK(wikitext_pages("").empty());
  CHECK(wikitext_pages("no heading\n\n") == std::vector<std::string>{"no heading\n\n"});
}

TEST_CASE("what the detokenizer changes") {
  CHECK(detokenize_wikitext("a 1 @,@ 000 @.@ 5 @-@ fold") == "a 1,000.5-fold");
  CHECK(detokenize_wikitext("x : y ; z . A ! B ? C , d") == "x: y; z. A! B? C, d");
  CHECK(detokenize_wikitext("( a ( b ) [ c ] { d }") == "(a ( b) [c] {d}");  // a pair ends at the first closing mark
  CHECK(detokenize_wikitext("say \" hi \" and ' ho ' , ( open") == "say \"hi\" and 'ho', ( open");
  CHECK(detokenize_wikitext("the dogs ' and it 's") == "the dogs'and it's");
  CHECK(detokenize_wikitext(" = = Part = = \n text") == " == Part ==\ntext");
  CHECK(detokenize_wikitext("20 \xC2\xB0 N x") == "20\xC2\xB0N x");
  CHECK(detokenize_wikitext("at N 3") == "at 1 3");
  CHECK(detokenize_wikitext("a /' 7/ b") == "a /'[0-9]/ b");  // the replacement is no regular expression
}

// The expected figures are those of the harness's own functions under CPython 3.11.
TEST_CASE("WikiText-2 has 62 pages of 241 335 words") {
  if (!tests::have_assets()) return;
  const auto pages = wikitext_pages(read_file(tests::assets() / "text" / "wikitext-2" / "wiki.test.raw"));
  REQUIRE(pages.size() == 62);
  std::size_t words = 0, bytes = 0;
  for (const std::string& page : pages) {
    words += count_words(page);
    bytes += detokenize_wikitext(page).size();
  }
  CHECK(words == 241335);
  CHECK(bytes == 1240466);
  CHECK(detokenize_wikitext(pages[0]).size() == 5423);
  CHECK(detokenize_wikitext(pages[3]).size() == 34170);
}

}  // namespace snnsim::experiments
