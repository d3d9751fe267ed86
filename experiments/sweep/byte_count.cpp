#include "experiments/sweep/byte_count.hpp"

#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::experiments {

std::uint64_t bytes_in(std::string_view option, const std::string& text) {
  constexpr std::string_view units = "KMGT";
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::size_t unit = rest + 1 == end ? units.find(*rest) : std::string_view::npos;
  const std::size_t shift = rest == end ? 0 : unit == std::string_view::npos ? 64 : 10 * (unit + 1);
  const bool fits = shift < 64 && number <= std::numeric_limits<std::uint64_t>::max() >> shift;
  if (error == std::errc() && fits && number > 0) return number << shift;
  throw ConfigurationError(fmt::format("{} is \"{}\", not a number of bytes", option, text),
                           "write it as in 8000000000, 7600M or 8G");
}

}  // namespace snnsim::experiments
