#include "experiments/zero_shot/prompts.hpp"

#include <cassert>

#include <fmt/format.h>

#include "experiments/evaluation/python_text.hpp"

namespace snnsim::experiments {

namespace {

ZeroShotItem choices_after(const std::string& context, const std::vector<std::string>& choices, std::size_t gold) {
  ZeroShotItem item{.requests = {}, .gold = gold};
  for (const std::string& choice : choices) item.requests.push_back({context, " " + choice});
  return item;
}

/// re.sub(r"\[.*?\]", ""): from a bracket to the first that closes on the same line.
std::string drop_brackets(std::string_view text) {
  std::string kept;
  while (true) {
    const std::size_t open = text.find('[');
    const std::size_t close = open == std::string_view::npos ? open : text.find_first_of("]\n", open);
    if (close == std::string_view::npos) return kept.append(text);
    const bool closed = text[close] == ']';
    kept.append(text.substr(0, closed ? open : close));
    text.remove_prefix(closed ? close + 1 : close);
  }
}

}  // namespace

ZeroShotItem question_item(std::string_view question, const std::vector<std::string>& choices, std::size_t gold) {
  return choices_after(fmt::format("Question: {}\nAnswer:", question), choices, gold);
}

ZeroShotItem hellaswag_item(const HellaSwagFields& fields) {
  const std::string context = fmt::format("{}: {} {}", fields.activity_label, fields.ctx_a, capitalize(fields.ctx_b));
  std::vector<std::string> endings;
  for (const std::string& ending : fields.endings) endings.push_back(clean_hellaswag(ending));
  return choices_after(clean_hellaswag(context), endings, fields.gold);
}

std::string clean_hellaswag(std::string_view text) {
  const std::string titled = replace_all(std::string(strip(text)), " [title]", ". ");
  return replace_all(drop_brackets(titled), "  ", " ");
}

ZeroShotItem winogrande_item(std::string_view sentence, const std::vector<std::string>& options, std::size_t gold) {
  const std::size_t blank = sentence.find('_');
  assert(blank != std::string_view::npos);
  const std::string rest = " " + std::string(strip(sentence.substr(blank + 1)));
  ZeroShotItem item{.requests = {}, .gold = gold};
  for (const std::string& option : options)
    item.requests.push_back({std::string(sentence.substr(0, blank)) + option, rest});
  return item;
}

ZeroShotItem boolq_item(std::string_view passage, std::string_view question, std::size_t gold) {
  return choices_after(fmt::format("{}\nQuestion: {}?\nAnswer:", passage, question), {"no", "yes"}, gold);
}

ZeroShotItem lambada_item(std::string_view text) {
  const std::size_t space = text.rfind(' ');
  assert(space != std::string_view::npos);
  return {.requests = {{std::string(text.substr(0, space)), std::string(text.substr(space))}}, .gold = 0};
}

}  // namespace snnsim::experiments
