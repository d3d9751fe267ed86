#include "models/checkpoint/text_position.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace snnsim::models {

std::string text_position(const std::string& file, std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return fmt::format("{}:{}:{}", file, line, column);
}

}  // namespace snnsim::models
