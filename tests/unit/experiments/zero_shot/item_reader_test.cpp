#include "experiments/zero_shot/item_reader.hpp"

#include <map>

#include <doctest/doctest.h>

#include "core/error.hpp"
#include "experiments/zero_shot/hellaswag_text.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::experiments {
namespace {

ZeroShotItem item_of(ZeroShotName task, std::string_view line) {
  const auto items = parse_items(task, line, "f", 0);
  REQUIRE(items.size() == 1);
  return items[0];
}

std::string complaint(ZeroShotName task, std::string_view text) {
  try {
    parse_items(task, text, "f", 0);
  } catch (const DataError& error) {
    CHECK_FALSE(error.remedy().empty());
    return error.what();
  }
  return "accepted";
}

/// How many items have each gold.
std::map<std::size_t, std::size_t> golds(ZeroShotName task, const std::string& file, std::size_t count) {
  const auto items = read_items(task, tests::assets() / "zeroshot" / file, 0);
  CHECK(items.size() == count);
  std::map<std::size_t, std::size_t> golds;
  for (const ZeroShotItem& item : items) ++golds[item.gold];
  return golds;
}

using Golds = std::map<std::size_t, std::size_t>;

}  // namespace

TEST_CASE("PIQA: both forms give the same item") {
  const auto item = item_of(ZeroShotName::piqa, R"({"goal": "Go", "sol1": "a", "sol2": "b", "label": 1})");
  CHECK(item.gold == 1);
  CHECK(item.requests[1] == Request{"Question: Go\nAnswer:", " b"});
  CHECK(item_of(ZeroShotName::piqa, R"({"query": "Question: Go\n", "choices": ["a", "b"], "gold": 1})") == item);
  CHECK(item_of(ZeroShotName::piqa, R"({"goal": "Go", "sol1": "a", "sol2": "b", "label": "1"})") == item);
}

TEST_CASE("ARC: labels may be letters or digits, three to five choices") {
  const auto arc = [](std::string_view labels, std::string_view key) {
    return item_of(ZeroShotName::arc_easy,
                   "{\"question\": \"Q\", \"choices\": {\"text\": [\"a\", \"b\", \"c\"], \"label\": " +
                       std::string(labels) + "}, \"answerKey\": \"" + std::string(key) + "\"}");
  };
  CHECK(arc(R"(["A", "B", "C"])", "C").gold == 2);
  CHECK(arc(R"(["1", "2", "3"])", "2").gold == 1);
  CHECK(arc(R"(["A", "B", "C"])", "3").gold == 2);  // a key of the other kind
  CHECK(arc(R"(["1", "2", "3"])", "A").gold == 0);
  CHECK(arc(R"(["A", "B", "C"])", "A").requests.size() == 3);
  const auto five = item_of(
      ZeroShotName::arc_challenge,
      R"({"question": "Q", "choices": {"text": ["a","b","c","d","e"], "label": ["1","2","3","4","5"]}, "answerKey": "5"})");
  CHECK(five.gold == 4);
  CHECK(five.requests[4] == Request{"Question: Q\nAnswer:", " e"});
  CHECK(item_of(ZeroShotName::arc_easy, R"({"query": "Question: Q", "choices": ["a", "b"], "gold": 0})").requests[0] ==
        Request{"Question: Q\nAnswer:", " a"});
  CHECK(complaint(ZeroShotName::arc_easy,
                  R"({"question": "Q", "choices": {"text": ["a", "b"], "label": ["A", "B"]}, "answerKey": "C"})") ==
        "f:1: \"answerKey\" is not among the labels of the choices");
}

TEST_CASE("HellaSwag: fields, and six lines") {
  const auto item = item_of(
      ZeroShotName::hellaswag,
      R"({"activity_label": "Golf", "ctx_a": "A man swings.", "ctx_b": "he", "endings": ["a", "b", "c", "d"], "label": "3"})");
  CHECK(item.gold == 3);
  CHECK(item.requests[3] == Request{"Golf: A man swings. He", " d"});
  CHECK(item_of(ZeroShotName::hellaswag, "Golf: A man swings. he\n3\na\nb\nc\nd\n") == item);
}

TEST_CASE("HellaSwag as text: where ctx_b begins") {
  const auto ctx_b = [](std::string_view context) { return std::string(context.substr(find_ctx_b(context))); };
  CHECK(ctx_b("Golf: A man. He runs! the old man") == "the old man");
  CHECK(ctx_b("Golf: He says \"hi.\" then he") == "then he");
  CHECK(ctx_b("Golf: the man") == "the man");
  CHECK(ctx_b("Travel: How to pack. this is easy") == "");  // WikiHow has no ctx_b
  CHECK(ctx_b("") == "");
}

TEST_CASE("WinoGrande, BoolQ, LAMBADA: both forms") {
  const auto wino = item_of(ZeroShotName::winogrande,
                            R"({"sentence": "A saw B so _ ran.", "option1": "A", "option2": "B", "answer": "2"})");
  CHECK(wino.gold == 1);
  CHECK(wino.requests[1] == Request{"A saw B so B", " ran."});
  CHECK(item_of(ZeroShotName::winogrande,
                R"({"context_options": ["A saw B so A", "A saw B so B"], "continuation": "ran.", "gold": 1})") == wino);
  const auto boolq = item_of(ZeroShotName::boolq, R"({"passage": "P", "question": "is it", "label": 1})");
  CHECK(boolq.requests[1] == Request{"P\nQuestion: is it?\nAnswer:", " yes"});
  CHECK(boolq.gold == 1);
  CHECK(item_of(ZeroShotName::boolq, R"({"passage": "P", "question": "is it", "answer": true})") == boolq);
  CHECK(item_of(ZeroShotName::boolq,
                R"({"query": "Passage: P\nQuestion: is it?", "choices": ["no", "yes"], "gold": 1})") == boolq);
  CHECK(item_of(ZeroShotName::lambada, R"({"text": "a b c"})").requests[0] == Request{"a b", " c"});
}

TEST_CASE("bad items are named by file and line") {
  CHECK(complaint(ZeroShotName::piqa, "") == "f: holds no item");
  CHECK(complaint(ZeroShotName::hellaswag, " \n\n") == "f: holds no item");
  CHECK(complaint(ZeroShotName::lambada, "{\"text\": \"a b\"}\n\n{\"text\": \"one\"}") ==
        "f:3: \"text\" has no last word");
  CHECK(complaint(ZeroShotName::lambada, R"({"text": "one "})") == "f:1: \"text\" has no last word");
  CHECK(complaint(ZeroShotName::lambada, "{\"text\": \"a b\"}\nno JSON") == "f:2: not a JSON object");
  CHECK(complaint(ZeroShotName::piqa, R"({"goal": "g", "sol1": "a", "sol2": "b"})") == "f:1: no field \"label\"");
  CHECK(complaint(ZeroShotName::piqa, R"({"goal": 5, "sol1": "a", "sol2": "b", "label": 0})") ==
        "f:1: \"goal\" is not a string");
  CHECK(complaint(ZeroShotName::piqa, R"({"goal": "g", "sol1": "", "sol2": "b", "label": 0})") ==
        "f:1: \"sol1\" is empty");
  for (const char* label : {"-1", "2", "\"x\"", "0.5", "null", "[]", "18446744073709551615"})
    CHECK(complaint(ZeroShotName::piqa, "{\"goal\": \"g\", \"sol1\": \"a\", \"sol2\": \"b\", \"label\": " +
                                            std::string(label) + "}") == "f:1: \"label\" is not one of 0 to 1");
  CHECK(complaint(ZeroShotName::winogrande,
                  R"({"sentence": "no blank", "option1": "A", "option2": "B", "answer": "2"})") ==
        "f:1: \"sentence\" has no _ to put an option in");
  CHECK(complaint(ZeroShotName::winogrande, R"({"sentence": "_", "option1": "A", "option2": "B", "answer": "0"})") ==
        "f:1: \"answer\" is not one of 1 to 2");
  CHECK(complaint(ZeroShotName::piqa, R"({"query": "Q", "choices": ["a", "b"], "gold": 0})") ==
        "f:1: \"query\" does not begin with \"Question: \"");
  CHECK(complaint(ZeroShotName::arc_easy, R"({"query": "Question: Q", "choices": ["a"], "gold": 0})") ==
        "f:1: \"choices\" is not a list of two or more choices");
  CHECK(complaint(ZeroShotName::boolq, R"({"query": "Passage: P?", "choices": ["no", "yes"], "gold": 0})") ==
        "f:1: \"query\" has no line that begins with \"Question: \"");
  CHECK(complaint(ZeroShotName::hellaswag, "Golf: x\n4\na\nb\nc\nd") == "f:2: the gold ending is not 0, 1, 2 or 3");
  CHECK(complaint(ZeroShotName::hellaswag, "Golf: x\n1\na\nb\nc\n") == "f:6: an empty line in an item");
  CHECK(complaint(ZeroShotName::hellaswag, "Golf: x\n1\na\n\xFF\nc\nd") == "f:4: not valid UTF-8");
  CHECK(complaint(ZeroShotName::hellaswag, "no label\n1\na\nb\nc\nd") ==
        "f:1: the context has no label (\"label: text\")");
  CHECK_THROWS_AS(read_items(ZeroShotName::piqa, "/nowhere/piqa.jsonl", 0), DataError);
}

TEST_CASE("a limit takes the first items, one beyond the file takes all") {
  const std::string text = "{\"text\": \"a b\"}\n{\"text\": \"c d\"}\nnot read";
  CHECK(parse_items(ZeroShotName::lambada, text, "f", 2).size() == 2);
  CHECK(parse_items(ZeroShotName::lambada, text.substr(0, 32), "f", 9).size() == 2);
  CHECK(parse_items(ZeroShotName::hellaswag, "G: x\n1\na\nb\nc\nd\nnot read", "f", 1).size() == 1);
}

TEST_CASE("the published sets have their sizes and golds") {
  if (!tests::have_assets()) return;
  CHECK(golds(ZeroShotName::piqa, "piqa.jsonl", 1838) == Golds{{0, 910}, {1, 928}});
  CHECK(golds(ZeroShotName::winogrande, "winogrande.jsonl", 1267) == Golds{{0, 628}, {1, 639}});
  CHECK(golds(ZeroShotName::boolq, "boolq.jsonl", 3270) == Golds{{0, 1237}, {1, 2033}});
  CHECK(golds(ZeroShotName::arc_easy, "arc_easy.jsonl", 2376) == Golds{{0, 596}, {1, 585}, {2, 633}, {3, 561}, {4, 1}});
  CHECK(golds(ZeroShotName::arc_challenge, "arc_challenge.jsonl", 1172) ==
        Golds{{0, 266}, {1, 311}, {2, 310}, {3, 285}});
  CHECK(golds(ZeroShotName::hellaswag, "hellaswag_val_full.txt", 10042) ==
        Golds{{0, 2515}, {1, 2485}, {2, 2584}, {3, 2458}});
  CHECK(golds(ZeroShotName::lambada, "lambada_test.jsonl", 5153) == Golds{{0, 5153}});
}

TEST_CASE("contexts of the published sets, as the harness builds them") {
  if (!tests::have_assets()) return;
  const auto first = [](ZeroShotName task, const char* file) {
    return read_items(task, tests::assets() / "zeroshot" / file, 1)[0];
  };
  CHECK(first(ZeroShotName::hellaswag, "hellaswag_val_full.txt").requests[3] ==
        Request{"Roof shingle removal: A man is sitting on a roof. He", " starts pulling up roofing on a roof."});
  CHECK(first(ZeroShotName::piqa, "piqa.jsonl").requests[0].context ==
        "Question: How do I ready a guinea pig cage for it's new occupants?\nAnswer:");
  CHECK(first(ZeroShotName::lambada, "lambada_test.jsonl").requests[0].continuation == " signs");
  const std::string boolq = first(ZeroShotName::boolq, "boolq.jsonl").requests[1].context;
  CHECK(boolq.starts_with("All biomass goes through"));
  CHECK(boolq.ends_with(".\nQuestion: does ethanol take more energy make that produces?\nAnswer:"));
}

}  // namespace snnsim::experiments
