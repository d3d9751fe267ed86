#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace snnsim::models {

/// Reads little-endian values of a file one after the other. Each read first checks that the bytes are there; if not, a
/// DataError says what was being read and where the file ends.
class ByteReader {
 public:
  ByteReader(std::span<const std::byte> bytes, std::string file, std::string remedy);

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  template <typename T>
  T value(std::string_view what) {
    T result{};
    std::memcpy(&result, take(sizeof result, what).data(), sizeof result);
    return result;
  }
  /// The next `length` bytes.
  std::span<const std::byte> take(std::uint64_t length, std::string_view what);
  /// A string behind its length in 64 bits; a view into the file.
  std::string_view text(std::string_view what);
  /// A number of things to come, at least `least_bytes` each (>= 1): what the rest of the file cannot hold is refused
  /// before anything is allocated for it.
  std::uint64_t count(std::size_t least_bytes, std::string_view what);

  [[noreturn]] void fail(const std::string& what) const;

 private:
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  std::string file_;
  std::string remedy_;
};

}  // namespace snnsim::models
