#pragma once

#include <string_view>

namespace snnsim::experiments {

/// True when the whole name fits the pattern: * is any characters, ? is exactly one.
bool glob_match(std::string_view pattern, std::string_view name);

}  // namespace snnsim::experiments
