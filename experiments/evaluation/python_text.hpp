#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What Python's `str` does with UTF-8 text, for protocols that are defined by Python programs.
namespace snnsim::experiments {

/// str.isspace() of one character, which is also \s of a regular expression.
bool is_space(char32_t character);
/// str.strip(): without white space at both ends.
std::string_view strip(std::string_view text);
/// str.rstrip(): without white space at the end.
std::string_view strip_right(std::string_view text);
/// str.replace(from, to): every occurrence, from left to right. `from` is not empty.
std::string replace_all(std::string text, std::string_view from, std::string_view to);
/// str.capitalize(): the first character in title case, the rest in lower case.
std::string capitalize(std::string_view text);
/// len(str): Unicode characters.
std::size_t count_characters(std::string_view text);
/// len(re.split(r"\s+", text)): one more than there are runs of white space.
std::size_t count_words(std::string_view text);

}  // namespace snnsim::experiments
