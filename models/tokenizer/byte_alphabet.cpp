#include "models/tokenizer/byte_alphabet.hpp"

#include <array>
#include <cstddef>

#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

constexpr std::size_t first_other = 0x100;
constexpr std::size_t others = 68;

constexpr bool is_written_as_itself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

/// The character of each byte, all below U+0144.
constexpr std::array<unsigned, 256> characters = [] {
  std::array<unsigned, 256> result{};
  unsigned next = first_other;
  for (unsigned byte = 0; byte < 256; ++byte) result[byte] = is_written_as_itself(byte) ? byte : next++;
  return result;
}();

/// The byte of each character; -1: none.
constexpr std::array<int, first_other + others> bytes = [] {
  std::array<int, first_other + others> result{};
  result.fill(-1);
  for (std::size_t byte = 0; byte < characters.size(); ++byte) result[characters[byte]] = static_cast<int>(byte);
  return result;
}();

}  // namespace

std::optional<std::string> bytes_of_alphabet(std::string_view piece) {
  std::string result;
  for (std::size_t i = 0; i < piece.size();) {
    const std::size_t length = utf8_length(piece[i]);
    if (length > 2 || length > piece.size() - i) return std::nullopt;
    const auto lead = static_cast<unsigned char>(piece[i]);
    const unsigned character =
        length == 1 ? lead : (lead & 0x1FU) << 6U | (static_cast<unsigned char>(piece[i + 1]) & 0x3FU);
    if (character >= bytes.size() || bytes[character] < 0) return std::nullopt;
    result += static_cast<char>(bytes[character]);
    i += length;
  }
  return result;
}

std::string in_alphabet(std::string_view text) {
  std::string result;
  for (const char byte : text) {
    const unsigned character = characters[static_cast<unsigned char>(byte)];
    if (character < 0x80) {
      result += static_cast<char>(character);
    } else {
      result += static_cast<char>(0xC0U | character >> 6U);
      result += static_cast<char>(0x80U | (character & 0x3FU));
    }
  }
  return result;
}

}  // namespace snnsim::models
