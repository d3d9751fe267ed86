#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace snnsim::models {

/// XXH3 of the bytes in 16 hex digits.
std::string xxh3(std::span<const std::byte> bytes);

}  // namespace snnsim::models
