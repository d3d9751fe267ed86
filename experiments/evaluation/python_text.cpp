#include "experiments/evaluation/python_text.hpp"

#include <algorithm>

#include <unicode/locid.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace snnsim::experiments {

namespace {

/// Calls visit(character, first byte, end byte) for each character until it returns false; a byte that is no UTF-8 is a
/// character below zero.
template <class Visit>
void each_character(std::string_view text, const Visit& visit) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t first = at;
    UChar32 character = 0;
    U8_NEXT(bytes, at, text.size(), character);
    if (!visit(character, first, at)) return;
  }
}

bool space(UChar32 character) {
  return character >= 0 && is_space(static_cast<char32_t>(character));
}

}  // namespace

bool is_space(char32_t c) {
  if (c < 0x80) return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

std::string_view strip(std::string_view text) {
  std::size_t begin = text.size(), end = text.size();
  each_character(text, [&](UChar32 character, std::size_t first, std::size_t after) {
    if (space(character)) return true;
    begin = std::min(begin, first);
    end = after;
    return true;
  });
  return text.substr(begin, end - begin);
}

std::string_view strip_right(std::string_view text) {
  const std::string_view stripped = strip(text);
  return text.substr(0, stripped.empty() ? 0 : static_cast<std::size_t>(stripped.end() - text.begin()));
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (text.find(from) == std::string::npos) return text;
  std::string replaced;
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.find(from, done)) != std::string::npos; done = at + from.size())
    replaced.append(text, done, at - done).append(to);
  return replaced.append(text, done);
}

std::string capitalize(std::string_view text) {
  const icu::Locale& root = icu::Locale::getRoot();
  const auto whole = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  if (whole.isEmpty()) return {};
  const icu::UnicodeString first(whole.char32At(0));
  icu::UnicodeString lower = whole, lower_first = first, title = first;
  lower.toLower(root);
  lower_first.toLower(root);
  title.toTitle(nullptr, root);
  std::string result;
  title.append(lower, lower_first.length(), lower.length() - lower_first.length()).toUTF8String(result);
  return result;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  each_character(text, [&](UChar32, std::size_t, std::size_t) { return ++count > 0; });
  return count;
}

std::size_t count_words(std::string_view text) {
  std::size_t words = 1;
  bool in_space = false;
  each_character(text, [&](UChar32 character, std::size_t, std::size_t) {
    words += space(character) && !in_space ? 1 : 0;
    in_space = space(character);
    return true;
  });
  return words;
}

}  // namespace snnsim::experiments
