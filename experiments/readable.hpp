#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace snnsim::experiments {

/// Numbers as people read them; "-" for what is not finite.

/// Three significant digits with a prefix of SI: 12345 -> "12.3 k", 0.00012 -> "120 u". No unit.
std::string with_prefix(double value);
/// "12.3 kJ", "5.90 J".
std::string with_unit(double value, std::string_view unit);
/// 0.123 -> "12.3 %".
std::string percent(double share);
/// Bytes as mebibytes.
inline double mebibytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1024.0 * 1024.0);
}
/// 3725 -> "1 h 2 min", 65 -> "1 min 5 s", 4.2 -> "4 s".
std::string duration(double seconds);

}  // namespace snnsim::experiments
