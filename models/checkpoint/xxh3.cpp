#include "models/checkpoint/xxh3.hpp"

#include <fmt/format.h>
#include <xxhash.h>

namespace snnsim::models {

std::string xxh3(std::span<const std::byte> bytes) {
  return fmt::format("{:016x}", XXH3_64bits(bytes.data(), bytes.size()));
}

}  // namespace snnsim::models
