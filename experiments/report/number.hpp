#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include <nlohmann/json.hpp>

namespace snnsim::experiments {

/// JSON knows no infinity and no NaN: null stands for them.
inline nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

/// The other way: NaN for null.
inline double value_of(const nlohmann::ordered_json& json) {
  return json.is_number() ? json.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

/// a / b of counts; NaN for 0 / 0.
inline double quotient(std::uint64_t a, std::uint64_t b) {
  return static_cast<double>(a) / static_cast<double>(b);
}

}  // namespace snnsim::experiments
