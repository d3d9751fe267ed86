#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace snnsim::experiments {

/// A number of bytes: digits, with K, M, G or T behind them for powers of 1024. Throws ConfigurationError that names
/// the option.
std::uint64_t bytes_in(std::string_view option, const std::string& text);

}  // namespace snnsim::experiments
