#pragma once

#include <cstddef>
#include <string_view>

namespace snnsim::models {

/// Bytes of the UTF-8 character that begins with `lead`, in 1..4; 1 for a byte that begins none.
inline std::size_t utf8_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0xC0) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

/// Offset of the first byte that is not part of a valid UTF-8 character; text.size() if all are.
std::size_t valid_utf8_prefix(std::string_view text);

/// Throws DataError with the byte offset when the text is not valid UTF-8.
void require_utf8(std::string_view text);

}  // namespace snnsim::models
