#include "models/tokenizer/utf8.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::models {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

/// Bytes of the valid character at i, or 0.
std::size_t valid_character(std::string_view text, std::size_t i) {
  const unsigned lead = byte_at(text, i);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = utf8_length(text[i]);
  if (text.size() - i < length) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte_at(text, i + k) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte_at(text, i + 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second >= 0xA0;
  const bool beyond = lead == 0xF4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

std::size_t valid_utf8_prefix(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length = valid_character(text, i);
    if (length == 0) return i;
    i += length;
  }
  return i;
}

void require_utf8(std::string_view text) {
  const std::size_t valid = valid_utf8_prefix(text);
  if (valid == text.size()) return;
  throw DataError(fmt::format("the text is not valid UTF-8: byte {} is 0x{:02X}", valid, byte_at(text, valid)),
                  "convert the text to UTF-8, for example with iconv -t UTF-8");
}

}  // namespace snnsim::models
