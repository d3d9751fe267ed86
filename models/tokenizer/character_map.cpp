#include "models/tokenizer/character_map.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

// The parts of a unit of the trie.
bool has_leaf(std::uint32_t unit) {
  return ((unit >> 8U) & 1U) != 0;
}
std::uint32_t value(std::uint32_t unit) {
  return unit & 0x7FFFFFFFU;
}
std::uint32_t label(std::uint32_t unit) {
  return unit & 0x800000FFU;
}
std::uint32_t offset(std::uint32_t unit) {
  return (unit >> 10U) << ((unit & 0x200U) >> 6U);
}

}  // namespace

CharacterMap::CharacterMap(std::string_view bytes, const std::string& file) {
  if (bytes.empty()) return;
  std::uint32_t length = 0;
  const bool whole = bytes.size() >= sizeof length;
  if (whole) std::memcpy(&length, bytes.data(), sizeof length);
  if (!whole || length == 0 || length > bytes.size() - sizeof length || length % sizeof(std::uint32_t) != 0) {
    throw DataError(
        fmt::format("{}: precompiled_charsmap has {} bytes, which its header contradicts", file, bytes.size()),
        "fetch the file again");
  }
  units_.resize(length / sizeof(std::uint32_t));
  std::memcpy(units_.data(), bytes.data() + sizeof length, length);
  replacements_ = bytes.substr(sizeof length + length);
}

CharacterMap::Match CharacterMap::match(std::string_view text) const {
  Match best{.length = utf8_length(text.front()), .replacement = text.substr(0, utf8_length(text.front()))};
  if (units_.empty()) return best;
  std::size_t node = offset(units_[0]);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    node ^= byte;
    if (node >= units_.size() || label(units_[node]) != byte) break;
    const std::uint32_t unit = units_[node];
    node ^= offset(unit);
    if (!has_leaf(unit)) continue;
    if (node >= units_.size() || value(units_[node]) >= replacements_.size()) break;
    const std::string_view rest = std::string_view(replacements_).substr(value(units_[node]));
    best = {.length = i + 1, .replacement = rest.substr(0, rest.find('\0'))};
  }
  return best;
}

}  // namespace snnsim::models
