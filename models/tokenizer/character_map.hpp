#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snnsim::models {

/// SentencePiece's precompiled_charsmap: what a text's characters are replaced with before they are encoded (NFKC and
/// the like). The file holds the byte length of a double-array trie (Yata et al., darts-clone), its 32-bit units, and
/// the replacements, each ended by a zero byte. Every step of a look-up is checked against the size of the table.
class CharacterMap {
 public:
  struct Match {
    std::size_t length = 0;        // bytes at the front of the text that are replaced
    std::string_view replacement;  // belongs to the map
  };

  /// Empty bytes: a map that replaces nothing. Throws DataError when the lengths contradict each other.
  CharacterMap(std::string_view bytes, const std::string& file);

  /// The longest entry at the front of a text that is not empty; without one its first character, unchanged.
  Match match(std::string_view text) const;

 private:
  std::vector<std::uint32_t> units_;
  std::string replacements_;
};

}  // namespace snnsim::models
