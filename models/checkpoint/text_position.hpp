#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace snnsim::models {

/// "file:line:column" of a byte of a text, both counted from 1; columns are bytes. A byte past the end is the end.
std::string text_position(const std::string& file, std::string_view text, std::size_t byte);

}  // namespace snnsim::models
