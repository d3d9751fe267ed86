#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace snnsim::tests {

/// SHA-256 (FIPS 180-4) of bytes that come in pieces, to compare with checksums that others published.
class Sha256 {
 public:
  void add(std::span<const std::byte> bytes);
  /// 64 lower-case hexadecimal digits; ends the computation.
  std::string finish();

 private:
  void absorb();

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> block_{};
  std::size_t filled_ = 0;
  std::uint64_t length_ = 0;
};

}  // namespace snnsim::tests
