#include "experiments/evaluation/wikitext_pages.hpp"

#include <array>
#include <utility>

#include "experiments/evaluation/python_text.hpp"

namespace snnsim::experiments {

namespace {

using Replacement = std::pair<std::string_view, std::string_view>;

constexpr std::array<Replacement, 9> kSeparators{{{" @-@ ", "-"},
                                                  {" @,@ ", ","},
                                                  {" @.@ ", "."},
                                                  {" : ", ": "},
                                                  {" ; ", "; "},
                                                  {" . ", ". "},
                                                  {" ! ", "! "},
                                                  {" ? ", "? "},
                                                  {" , ", ", "}}};

constexpr std::array<Replacement, 8> kRest{{{"= = = =", "===="},
                                            {"= = =", "==="},
                                            {"= =", "=="},
                                            {" \xC2\xB0 ", "\xC2\xB0"},  // U+00B0, degree
                                            {" \n", "\n"},
                                            {"\n ", "\n"},
                                            {" N ", " 1 "},
                                            {" 's", "'s"}}};

bool begins_page(std::string_view line) {
  const std::string marks = replace_all(replace_all(std::string(line), "= = =", "==="), "= =", "==");
  const std::string_view heading = strip(marks);
  return heading.starts_with("= ") && heading.ends_with(" =");
}

/// re.sub(r"/' [0-9]/", r"/'[0-9]/"): the harness writes the class itself where the digit was.
std::string replace_quoted_digits(std::string text) {
  for (char digit = '0'; digit <= '9'; ++digit)
    text = replace_all(std::move(text), std::string("/' ") + digit + "/", "/'[0-9]/");
  return text;
}

/// White space just inside each pair of marks is dropped; a pair ends at the first closing mark.
std::string tighten(std::string_view text, char open, char close) {
  std::string tightened;
  while (true) {
    const std::size_t first = text.find(open);
    const std::size_t last = first == std::string_view::npos ? first : text.find(close, first + 1);
    if (last == std::string_view::npos) return tightened.append(text);
    tightened.append(text.substr(0, first + 1))
        .append(strip(text.substr(first + 1, last - first - 1)))
        .push_back(close);
    text.remove_prefix(last + 1);
  }
}

}  // namespace

std::vector<std::string> wikitext_pages(std::string_view text) {
  std::vector<std::string> pages;
  std::string page;
  bool first_line = true;
  const auto finish = [&] {
    if (!strip(page).empty()) pages.push_back(page);
    page.clear();
    first_line = true;
  };
  for (bool more = true; more;) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (begins_page(line)) finish();
    if (!std::exchange(first_line, false)) page += '\n';
    page += line;
    more = end != std::string_view::npos;
    if (more) text.remove_prefix(end + 1);
  }
  finish();
  return pages;
}

std::string detokenize_wikitext(std::string page) {
  page = replace_quoted_digits(replace_all(std::move(page), "s '", "s'"));
  for (const auto& [from, to] : kSeparators) page = replace_all(std::move(page), from, to);
  for (const auto& [open, close] : {std::pair{'(', ')'}, {'[', ']'}, {'{', '}'}, {'"', '"'}, {'\'', '\''}})
    page = tighten(page, open, close);
  for (const auto& [from, to] : kRest) page = replace_all(std::move(page), from, to);
  return page;
}

}  // namespace snnsim::experiments
