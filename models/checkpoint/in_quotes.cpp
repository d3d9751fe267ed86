#include "models/checkpoint/in_quotes.hpp"

#include <fmt/format.h>

namespace snnsim::models {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string result = "'";
  for (const char character : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= 0x20 && byte < 0x7F) {
      result += character;
    } else {
      result += fmt::format("\\x{:02X}", byte);
    }
  }
  if (text.size() > longest) result += "...";
  return result + "'";
}

}  // namespace snnsim::models
