#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace snnsim::experiments {

/// True when the whole name fits the pattern: * is any characters, ? is exactly one.
bool glob_match(std::string_view pattern, std::string_view name);
/// True when it fits one of them.
inline bool glob_match_any(const std::vector<std::string>& patterns, std::string_view name) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) { return glob_match(pattern, name); });
}

}  // namespace snnsim::experiments
