#pragma once

#include <string>
#include <string_view>

namespace snnsim::models {

/// Text from a file, fit for a one-line message: in single quotes, bytes outside printable ASCII as \xNN, and cut
/// after 80 bytes.
std::string in_quotes(std::string_view text);

}  // namespace snnsim::models
