#include "experiments/zero_shot/prompts.hpp"

#include <doctest/doctest.h>

namespace snnsim::experiments {

TEST_CASE("PIQA and ARC") {
  const ZeroShotItem item = question_item("How?", {"this way", "that way"}, 1);
  CHECK(item.gold == 1);
  REQUIRE(item.requests.size() == 2);
  CHECK(item.requests[0] == Request{"Question: How?\nAnswer:", " this way"});
  CHECK(item.requests[1] == Request{"Question: How?\nAnswer:", " that way"});
}

TEST_CASE("HellaSwag: ctx_b is capitalized, which lowers the rest of it") {
  const ZeroShotItem item = hellaswag_item({.activity_label = "Archery",
                                            .ctx_a = "A man aims.",
                                            .ctx_b = "the Man in RED",
                                            .endings = {"shoots. ", "sleeps [step] well."},
                                            .gold = 0});
  CHECK(item.requests[0] == Request{"Archery: A man aims. The man in red", " shoots."});
  CHECK(item.requests[1].continuation == " sleeps well.");
}

TEST_CASE("HellaSwag: the cleaning, in its order") {
  CHECK(clean_hellaswag("  [header] How to. [title] Do it [step] now ") == " How to.. Do it now");
  CHECK(clean_hellaswag("a [title]b") == "a. b");              // ". " and no space of the text's own
  CHECK(clean_hellaswag("[title] a") == " a");                 // only " [title]" is a full stop
  CHECK(clean_hellaswag("a    b") == "a  b");                  // one pass
  CHECK(clean_hellaswag("a [b [c] d] e") == "a d] e");         // to the first bracket that closes
  CHECK(clean_hellaswag("a [b\nc] d [e") == "a [b\nc] d [e");  // on one line
  CHECK(hellaswag_item({.activity_label = "Travel", .ctx_a = "How to go.", .ctx_b = "", .endings = {"a", "b"}})
            .requests[0]
            .context == "Travel: How to go.");
}

TEST_CASE("WinoGrande: two contexts and one continuation") {
  const ZeroShotItem item = winogrande_item("Ann paid Bob so _ was  glad. ", {"Ann", "Bob"}, 1);
  REQUIRE(item.requests.size() == 2);
  CHECK(item.requests[0] == Request{"Ann paid Bob so Ann", " was  glad."});
  CHECK(item.requests[1] == Request{"Ann paid Bob so Bob", " was  glad."});
  CHECK(winogrande_item("_'s dog", {"X", "Y"}, 0).requests[0] == Request{"X", " 's dog"});
}

TEST_CASE("BoolQ and LAMBADA") {
  const ZeroShotItem item = boolq_item("It is.", "is it", 1);
  CHECK(item.requests[0] == Request{"It is.\nQuestion: is it?\nAnswer:", " no"});
  CHECK(item.requests[1] == Request{"It is.\nQuestion: is it?\nAnswer:", " yes"});
  CHECK(lambada_item("one two\nthree four's").requests == std::vector<Request>{{"one two\nthree", " four's"}});
}

}  // namespace snnsim::experiments
