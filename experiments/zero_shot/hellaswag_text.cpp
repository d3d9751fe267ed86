#include "experiments/zero_shot/hellaswag_text.hpp"

#include <array>

#include <fmt/format.h>

#include "core/error.hpp"
#include "experiments/evaluation/python_text.hpp"
#include "experiments/zero_shot/prompts.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::experiments {

namespace {

constexpr std::size_t kEndings = 4;

[[noreturn]] void fail(const std::string& file, std::size_t line, std::string_view what) {
  throw DataError(fmt::format("{}:{}: {}", file, line, what),
                  "an item of this task is six lines: context, gold (0 to 3), four endings; or a JSON object");
}

/// Takes one line off the text.
class Lines {
 public:
  Lines(std::string_view text, const std::string& file) : text_(strip_right(text)), file_(file) {}

  bool more() const { return !text_.empty(); }
  std::size_t number() const { return number_; }
  std::string_view next() {
    ++number_;
    const std::size_t end = std::min(text_.find('\n'), text_.size());
    const std::string_view line = strip(text_.substr(0, end));
    if (line.empty()) fail(file_, number_, "an empty line in an item");
    if (models::valid_utf8_prefix(line) != line.size()) fail(file_, number_, "not valid UTF-8");
    text_.remove_prefix(std::min(end + 1, text_.size()));
    return line;
  }

 private:
  std::string_view text_;
  const std::string& file_;
  std::size_t number_ = 0;
};

ZeroShotItem next_item(Lines& lines, const std::string& file) {
  const std::string_view context = lines.next();
  const std::size_t label = context.find(": ");
  if (label == std::string_view::npos) fail(file, lines.number(), "the context has no label (\"label: text\")");
  const std::size_t ctx_b = find_ctx_b(context);
  HellaSwagFields fields{.activity_label = std::string(context.substr(0, label)),
                         .ctx_a = std::string(strip(context.substr(label + 2, ctx_b - label - 2))),
                         .ctx_b = std::string(context.substr(ctx_b)),
                         .endings = {}};
  const std::string_view gold = lines.next();
  if (gold.size() != 1 || gold[0] < '0' || gold[0] >= static_cast<char>('0' + kEndings))
    fail(file, lines.number(), "the gold ending is not 0, 1, 2 or 3");
  fields.gold = static_cast<std::size_t>(gold[0] - '0');
  for (std::size_t i = 0; i < kEndings; ++i) fields.endings.emplace_back(lines.next());
  ZeroShotItem item = hellaswag_item(fields);
  for (const Request& request : item.requests)
    if (request.continuation.size() < 2) fail(file, lines.number(), "an ending of this item is without text");
  return item;
}

}  // namespace

std::size_t find_ctx_b(std::string_view context) {
  const std::size_t label = context.find(": ");
  const std::size_t first = label == std::string_view::npos ? 0 : label + 2;
  if (context.substr(first).starts_with("How to ")) return context.size();
  for (std::size_t space = context.size(); space-- > first;) {
    if (context[space] != ' ' || space + 1 == context.size()) continue;
    std::size_t end = space;
    while (end > first && std::string_view("\"')").find(context[end - 1]) != std::string_view::npos) --end;
    if (end > first && std::string_view(".!?").find(context[end - 1]) != std::string_view::npos) return space + 1;
  }
  return first;
}

std::vector<ZeroShotItem> parse_hellaswag_text(std::string_view text, const std::string& file, std::size_t limit) {
  std::vector<ZeroShotItem> items;
  for (Lines lines(text, file); lines.more() && (limit == 0 || items.size() < limit);)
    items.push_back(next_item(lines, file));
  return items;
}

}  // namespace snnsim::experiments
