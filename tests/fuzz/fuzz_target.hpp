#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

#include "core/error.hpp"

/// What libFuzzer and the replay call with one input. Always returns 0; a finding ends the program.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace snnsim::tests {

/// Ends the program, so that the input is kept, unless what must hold holds.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

inline bool is_one_line(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20; });
}

/// Runs `read` on an input. It may refuse the input with an Error of one line of cause and one of remedy; any other
/// exception ends the program.
template <typename Read>
int attempt(Read read) {
  try {
    read();
  } catch (const Error& error) {
    require(is_one_line(error.what()) && is_one_line(error.remedy()), "cause and remedy are one line each");
  }
  return 0;
}

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}
inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace snnsim::tests
