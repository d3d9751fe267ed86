#include "models/checkpoint/byte_reader.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::models {

ByteReader::ByteReader(std::span<const std::byte> bytes, std::string file, std::string remedy)
    : bytes_(bytes), file_(std::move(file)), remedy_(std::move(remedy)) {}

void ByteReader::fail(const std::string& what) const {
  throw DataError(fmt::format("{}: {}", file_, what), remedy_);
}

std::span<const std::byte> ByteReader::take(std::uint64_t length, std::string_view what) {
  if (length > remaining()) {
    fail(fmt::format("{} at byte {} should be {} bytes long, the file ends {} bytes later", what, position_, length,
                     remaining()));
  }
  const auto result = bytes_.subspan(position_, length);
  position_ += length;
  return result;
}

std::string_view ByteReader::text(std::string_view what) {
  const auto length = value<std::uint64_t>(what);
  const auto bytes = take(length, what);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t ByteReader::count(std::size_t least_bytes, std::string_view what) {
  const auto number = value<std::uint64_t>(what);
  if (number > remaining() / least_bytes) {
    fail(fmt::format("{} is {}, more than the {} bytes behind it can hold", what, number, remaining()));
  }
  return number;
}

}  // namespace snnsim::models
