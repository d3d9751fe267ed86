#include "experiments/suggestion.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/matrix.hpp"

namespace snnsim::experiments {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  Matrix<std::size_t> d(a.size() + 1, b.size() + 1);
  for (std::size_t i = 0; i <= a.size(); ++i) d.row(i)[0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d.row(0)[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = d.row(i - 1)[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d.row(i)[j] = std::min({d.row(i - 1)[j] + 1, d.row(i)[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d.row(i)[j] = std::min(d.row(i)[j], d.row(i - 2)[j - 2] + 1);
    }
  }
  return d.row(a.size())[b.size()];
}

std::string nearest(std::string_view given, std::span<const std::string_view> words) {
  constexpr std::size_t longest = 200;  // nobody means a key by a novel
  if (given.size() > longest) return {};
  std::size_t best = std::max<std::size_t>(2, given.size() / 3) + 1;
  std::string_view found;
  for (const std::string_view word : words) {
    const std::size_t distance = edit_distance(given, word);
    if (distance < best && distance < word.size()) {
      best = distance;
      found = word;
    }
  }
  return std::string(found);
}

std::string suggest(std::string_view given, std::span<const std::string_view> words, std::string_view what) {
  const std::string word = nearest(given, words);
  if (!word.empty()) return fmt::format("did you mean \"{}\"?", word);
  return fmt::format("{}: {}", what, fmt::join(words, ", "));
}

}  // namespace snnsim::experiments
