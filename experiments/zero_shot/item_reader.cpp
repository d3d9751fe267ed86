#include "experiments/zero_shot/item_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/evaluation/json_lines.hpp"
#include "experiments/evaluation/python_text.hpp"
#include "experiments/zero_shot/hellaswag_text.hpp"
#include "experiments/zero_shot/item_fields.hpp"
#include "experiments/zero_shot/prompts.hpp"

namespace snnsim::experiments {

namespace {

/// The fields of a task's items, for messages.
std::string_view fields_of(ZeroShotName task) {
  switch (task) {
    case ZeroShotName::piqa:
      return "goal, sol1, sol2, label; or query, choices, gold";
    case ZeroShotName::arc_easy:
    case ZeroShotName::arc_challenge:
      return "question, choices {text, label}, answerKey; or query, choices, gold";
    case ZeroShotName::hellaswag:
      return "activity_label, ctx_a, ctx_b, endings, label";
    case ZeroShotName::winogrande:
      return "sentence, option1, option2, answer; or context_options, continuation, gold";
    case ZeroShotName::boolq:
      return "passage, question, label (or answer); or query, choices, gold";
    case ZeroShotName::lambada:
      break;
  }
  return "text, of two words or more";
}

/// `query` without what stands in front of and behind the field that it was made from.
std::string field_in_query(const ItemFields& fields, std::string_view before, std::string_view behind) {
  const std::string query = fields.text("query");
  if (!query.starts_with(before) || !query.ends_with(behind) || query.size() < before.size() + behind.size())
    fields.fail(fmt::format("\"query\" does not begin with \"{}\"", before));
  return query.substr(before.size(), query.size() - before.size() - behind.size());
}

ZeroShotItem parted_question(const ItemFields& fields, std::string_view behind) {
  const std::vector<std::string> choices = fields.choices("choices");
  return question_item(field_in_query(fields, "Question: ", behind), choices, fields.index("gold", choices.size()));
}

ZeroShotItem read_piqa(const ItemFields& fields) {
  if (fields.has("query")) return parted_question(fields, "\n");
  return question_item(fields.text("goal"), {fields.choice("sol1"), fields.choice("sol2")}, fields.index("label", 2));
}

/// The place of a key among the labels of the choices. Labels are A, B, … or 1, 2, …; a key may be of the other kind.
std::size_t place_of_key(const ItemFields& fields, const std::vector<std::string>& labels) {
  const std::string key = fields.text("answerKey");
  const auto found = std::ranges::find(labels, key);
  if (found != labels.end()) return static_cast<std::size_t>(found - labels.begin());
  const std::size_t place = key.size() != 1                  ? labels.size()
                            : key[0] >= '1' && key[0] <= '9' ? static_cast<std::size_t>(key[0] - '1')
                            : key[0] >= 'A' && key[0] <= 'Z' ? static_cast<std::size_t>(key[0] - 'A')
                                                             : labels.size();
  if (place >= labels.size()) fields.fail("\"answerKey\" is not among the labels of the choices");
  return place;
}

ZeroShotItem read_arc(const ItemFields& fields) {
  if (fields.has("query")) return parted_question(fields, "");
  const ItemFields list = fields.inside("choices");
  const std::vector<std::string> texts = list.choices("text"), labels = list.choices("label");
  if (texts.size() != labels.size()) fields.fail("\"choices\" has not as many labels as texts");
  return question_item(fields.text("question"), texts, place_of_key(fields, labels));
}

ZeroShotItem read_hellaswag(const ItemFields& fields) {
  HellaSwagFields item{.activity_label = fields.text("activity_label"),
                       .ctx_a = fields.text("ctx_a"),
                       .ctx_b = fields.text("ctx_b"),
                       .endings = fields.choices("endings")};
  item.gold = fields.index("label", item.endings.size());
  return hellaswag_item(item);
}

ZeroShotItem read_winogrande(const ItemFields& fields) {
  if (!fields.has("context_options")) {
    const std::string sentence = fields.text("sentence");
    if (sentence.find('_') == std::string::npos) fields.fail("\"sentence\" has no _ to put an option in");
    return winogrande_item(sentence, {fields.choice("option1"), fields.choice("option2")},
                           fields.index("answer", 2, 1));
  }
  ZeroShotItem item{.requests = {}, .gold = 0};
  const std::string continuation = " " + std::string(strip(fields.text("continuation")));
  for (const std::string& context : fields.choices("context_options")) item.requests.push_back({context, continuation});
  item.gold = fields.index("gold", item.requests.size());
  return item;
}

ZeroShotItem read_boolq(const ItemFields& fields) {
  if (!fields.has("query"))
    return boolq_item(fields.text("passage"), fields.text("question"),
                      fields.index(fields.has("label") ? "label" : "answer", 2));
  constexpr std::string_view mark = "\nQuestion: ";
  const std::string text = field_in_query(fields, "Passage: ", "?");
  const std::size_t question = text.rfind(mark);
  if (question == std::string::npos) fields.fail("\"query\" has no line that begins with \"Question: \"");
  return boolq_item(text.substr(0, question), text.substr(question + mark.size()), fields.index("gold", 2));
}

ZeroShotItem read_lambada(const ItemFields& fields) {
  const std::string text = fields.text("text");
  const std::size_t space = text.rfind(' ');
  if (space == std::string::npos || space + 1 == text.size()) fields.fail("\"text\" has no last word");
  return lambada_item(text);
}

ZeroShotItem read_fields(ZeroShotName task, const ItemFields& fields) {
  switch (task) {
    case ZeroShotName::piqa:
      return read_piqa(fields);
    case ZeroShotName::arc_easy:
    case ZeroShotName::arc_challenge:
      return read_arc(fields);
    case ZeroShotName::hellaswag:
      return read_hellaswag(fields);
    case ZeroShotName::winogrande:
      return read_winogrande(fields);
    case ZeroShotName::boolq:
      return read_boolq(fields);
    case ZeroShotName::lambada:
      break;
  }
  return read_lambada(fields);
}

ZeroShotItem read_item(ZeroShotName task, const ItemFields& fields) {
  ZeroShotItem item = read_fields(task, fields);
  for (const Request& request : item.requests)
    if (request.continuation.size() < 2) fields.fail("a choice without text");
  return item;
}

}  // namespace

std::vector<ZeroShotItem> parse_items(ZeroShotName task, std::string_view text, const std::string& file,
                                      std::size_t limit) {
  std::vector<ZeroShotItem> items;
  if (task == ZeroShotName::hellaswag && !strip(text).starts_with('{')) {
    items = parse_hellaswag_text(text, file, limit);
  } else {
    each_line(text, file, [&](std::string_view line, const std::string& place) {
      const nlohmann::json object = parse_line(line, place);
      items.push_back(read_item(task, ItemFields(object, place, fields_of(task))));
      return items.size() != limit;
    });
  }
  if (items.empty()) throw DataError(fmt::format("{}: holds no item", file), "name a file of the task");
  return items;
}

std::vector<ZeroShotItem> read_items(ZeroShotName task, const std::filesystem::path& file, std::size_t limit) {
  return parse_items(task, read_plain_or_gzip(file), file.string(), limit);
}

}  // namespace snnsim::experiments
