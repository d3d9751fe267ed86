#include "models/tokenizer/text_splitter.hpp"

#include <cctype>
#include <limits>

#include <fmt/format.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

/// A stretch of UTF-16 units.
struct Range {
  std::int32_t begin, end;
  bool operator==(const Range&) const = default;
};

struct Part {
  Range range;
  bool matched;
};

struct Close {
  void operator()(URegularExpression* expression) const { uregex_close(expression); }
};
using Expression = std::unique_ptr<URegularExpression, Close>;

std::u16string utf16(std::string_view text) {
  constexpr std::size_t longest = std::numeric_limits<std::int32_t>::max();
  if (text.size() > longest) {
    throw DataError("a text of more than 2 GiB cannot be encoded at once", "split the text into documents");
  }
  std::u16string result(text.size(), u'\0');
  std::int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8(result.data(), static_cast<std::int32_t>(result.size()), &length, text.data(),
                static_cast<std::int32_t>(text.size()), &error);
  result.resize(static_cast<std::size_t>(length));
  return result;
}

[[noreturn]] void fail_on_text(UErrorCode error) {
  throw DataError(fmt::format("a pre-tokenizer rule fails on the text ({})", u_errorName(error)),
                  "split the text into documents; a very long run of white space can be the cause");
}

/// In ICU's unit of 10 000 saved states. A pattern of a real tokenizer saves a few per character.
std::int32_t most_steps(std::size_t units) {
  constexpr std::size_t states_per_unit = 100;
  return static_cast<std::int32_t>(100 + units * states_per_unit / 10'000);
}

std::vector<Part> find_parts(URegularExpression* expression, Range range, bool inverted) {
  std::vector<Part> parts;
  UErrorCode error = U_ZERO_ERROR;
  std::int32_t behind = range.begin;
  uregex_setRegion(expression, range.begin, range.end, &error);
  while (uregex_findNext(expression, &error) != 0) {
    const Range match{uregex_start(expression, 0, &error), uregex_end(expression, 0, &error)};
    if (match.begin > behind) parts.push_back({{behind, match.begin}, inverted});
    parts.push_back({match, !inverted});
    behind = match.end;
  }
  if (U_FAILURE(error) != 0) fail_on_text(error);
  if (behind < range.end) parts.push_back({{behind, range.end}, inverted});
  return parts;
}

/// Whether the part at i belongs to one range with the part in front of it.
bool joins_previous(const std::vector<Part>& parts, std::size_t i, SplitBehavior behavior) {
  if (i == 0) return false;
  if (behavior == SplitBehavior::contiguous) return parts[i].matched == parts[i - 1].matched;
  if (behavior == SplitBehavior::merged_with_previous) return parts[i].matched && !parts[i - 1].matched;
  return behavior == SplitBehavior::merged_with_next && parts[i - 1].matched && !parts[i].matched;
}

void append_ranges(const std::vector<Part>& parts, SplitBehavior behavior, std::vector<Range>& ranges) {
  bool any = false;  // of this call, so that the last range may still grow
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (behavior == SplitBehavior::removed && parts[i].matched) continue;
    if (any && joins_previous(parts, i, behavior)) {
      ranges.back().end = parts[i].range.end;
    } else {
      ranges.push_back(parts[i].range);
      any = true;
    }
  }
}

/// The same stretches in UTF-8. The ranges must be in order.
std::vector<std::string_view> in_utf8(std::string_view text, std::size_t units, const std::vector<Range>& ranges) {
  std::vector<std::string_view> words;
  words.reserve(ranges.size());
  std::size_t byte = 0;
  std::int32_t unit = 0;
  const bool ascii = units == text.size();
  const auto byte_of = [&](std::int32_t wanted) {
    if (ascii) return static_cast<std::size_t>(wanted);
    while (unit < wanted) {
      const std::size_t length = utf8_length(text[byte]);
      unit += length == 4 ? 2 : 1;
      byte += length;
    }
    return byte;
  };
  for (const Range& range : ranges) {
    if (range.begin == range.end) continue;
    const std::size_t begin = byte_of(range.begin);
    words.push_back(text.substr(begin, byte_of(range.end) - begin));
  }
  return words;
}

}  // namespace

std::string literal_pattern(std::string_view text) {
  std::string pattern;
  for (const char byte : text) {
    const bool special = static_cast<unsigned char>(byte) < 0x80 && std::isalnum(static_cast<unsigned char>(byte)) == 0;
    if (special) pattern += '\\';
    pattern += byte;
  }
  return pattern;
}

/// A compiled pattern; a copy of it is made for each text, because matching keeps its state inside.
class TextSplitter::Rule {
 public:
  Rule(const SplitRule& rule, const std::string& file) : behavior_(rule.behavior), inverted_(rule.inverted) {
    constexpr std::uint32_t flags = UREGEX_MULTILINE | UREGEX_UNIX_LINES;
    require_utf8(rule.pattern);
    const std::u16string pattern = utf16(rule.pattern);
    UErrorCode error = U_ZERO_ERROR;
    UParseError place{};
    expression_.reset(uregex_open(pattern.data(), static_cast<std::int32_t>(pattern.size()), flags, &place, &error));
    if (U_SUCCESS(error) != 0) return;
    throw DataError(fmt::format("{}: the pre-tokenizer's pattern {} is no regular expression that can be read ({})",
                                file, in_quotes(rule.pattern), u_errorName(error)),
                    "give a tokenizer whose patterns are regular expressions in ICU's syntax");
  }

  std::vector<Range> split(const std::u16string& text, const std::vector<Range>& ranges) const {
    constexpr std::int32_t most_backtracking = 1 << 30;  // bytes
    UErrorCode error = U_ZERO_ERROR;
    const Expression expression(uregex_clone(expression_.get(), &error));
    uregex_setStackLimit(expression.get(), most_backtracking, &error);
    uregex_setTimeLimit(expression.get(), most_steps(text.size()), &error);
    uregex_setText(expression.get(), text.data(), static_cast<std::int32_t>(text.size()), &error);
    if (U_FAILURE(error) != 0) fail_on_text(error);
    std::vector<Range> result;
    for (const Range& range : ranges) {
      append_ranges(find_parts(expression.get(), range, inverted_), behavior_, result);
    }
    return result;
  }

 private:
  Expression expression_;
  SplitBehavior behavior_;
  bool inverted_;
};

TextSplitter::TextSplitter(const std::vector<SplitRule>& rules, const std::string& file) {
  for (const SplitRule& rule : rules) rules_.push_back(std::make_unique<const Rule>(rule, file));
}

TextSplitter::~TextSplitter() = default;
TextSplitter::TextSplitter(TextSplitter&&) noexcept = default;
TextSplitter& TextSplitter::operator=(TextSplitter&&) noexcept = default;

std::vector<std::string_view> TextSplitter::words(std::string_view text) const {
  if (text.empty()) return {};
  if (rules_.empty()) return {text};
  const std::u16string units = utf16(text);
  std::vector<Range> ranges{{0, static_cast<std::int32_t>(units.size())}};
  for (const auto& rule : rules_) ranges = rule->split(units, ranges);
  return in_utf8(text, units.size(), ranges);
}

}  // namespace snnsim::models
