#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snnsim::models {

/// What becomes of the matches of a rule and of the text between them, as tokenizer.json names it.
enum class SplitBehavior : std::uint8_t { removed, isolated, merged_with_previous, merged_with_next, contiguous };

/// One step of a pre-tokenizer: a regular expression (ICU's syntax, which has all that tokenizers use) and what its
/// matches do.
struct SplitRule {
  std::string pattern;
  SplitBehavior behavior = SplitBehavior::isolated;
  bool inverted = false;  // the text between the matches counts as the matches
};

/// A pattern that finds `text` itself.
std::string literal_pattern(std::string_view text);

/// A pre-tokenizer: divides a text into the words that merges must not reach across. Each rule divides what the rules
/// before it left. `^` and `$` match at line feeds, as in tokenizer.json.
class TextSplitter {
 public:
  /// Throws DataError, naming `file`, for a pattern that is no regular expression.
  TextSplitter(const std::vector<SplitRule>& rules, const std::string& file);
  ~TextSplitter();
  TextSplitter(TextSplitter&&) noexcept;
  TextSplitter& operator=(TextSplitter&&) noexcept;

  /// The words of a valid UTF-8 text, in order, none of them empty. Throws DataError for a text of more than 2 GiB or
  /// one on which a rule needs too much memory (1 GiB) or time (beyond linear) to try its alternatives.
  std::vector<std::string_view> words(std::string_view text) const;

 private:
  class Rule;
  std::vector<std::unique_ptr<const Rule>> rules_;
};

}  // namespace snnsim::models
