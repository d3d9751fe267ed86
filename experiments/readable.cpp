#include "experiments/readable.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

namespace snnsim::experiments {
namespace {

constexpr int digits = 3;

/// `value` to three significant digits, never in scientific notation below 1000.
std::string significant(double value) {
  const double magnitude = std::abs(value);
  const int before = magnitude < 1 ? 1 : static_cast<int>(std::floor(std::log10(magnitude))) + 1;
  return fmt::format("{:.{}f}", value, std::max(0, digits - before));
}

}  // namespace

std::string with_prefix(double value) {
  constexpr std::array<std::string_view, 11> prefixes{" p", " n", " u", " m", "", " k", " M", " G", " T", " P", " E"};
  constexpr int one = 4;  // index of no prefix
  if (!std::isfinite(value)) return "-";
  if (value == 0) return "0";
  // 999.6 would be printed as 1000.
  const double magnitude = std::abs(value) * (1 + 5e-4);
  const int power = std::clamp(static_cast<int>(std::floor(std::log10(magnitude) / 3)), -one,
                               static_cast<int>(prefixes.size()) - 1 - one);
  return significant(value / std::pow(1000.0, power)) + std::string(prefixes.at(static_cast<std::size_t>(power + one)));
}

std::string with_unit(double value, std::string_view unit) {
  const std::string number = with_prefix(value);
  return fmt::format("{}{}{}", number, number.find(' ') == std::string::npos ? " " : "", unit);
}

std::string percent(double share) {
  if (!std::isfinite(share)) return "-";
  const double value = 100 * share;
  if (value != 0 && std::abs(value) < 0.01) return fmt::format("{:.1g} %", value);
  return fmt::format("{:.{}f} %", value, std::abs(value) < 1 ? 2 : 1);
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  const long long minutes = (whole + 30) / 60;
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace snnsim::experiments
