#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/experiment.hpp"
#include "experiments/field.hpp"

namespace snnsim::experiments {

inline nlohmann::ordered_json write(const std::filesystem::path& value) {
  return value.string();
}
inline nlohmann::ordered_json write(const TableName& value) {
  return value.value;
}
inline nlohmann::ordered_json write(const SweptKeys& swept) {
  auto out = nlohmann::ordered_json::object();
  for (const auto& [name, values] : swept.keys)
    for (const std::string& value : values) out[name].push_back(nlohmann::ordered_json::parse(value));
  return out;
}
inline nlohmann::ordered_json write(const PrefixTokens& value) {
  if (!value.ids.empty()) return value.ids;
  if (value.search) return "search";
  return value.count ? nlohmann::ordered_json(*value.count) : nlohmann::ordered_json("auto");
}

inline nlohmann::ordered_json write(const Phase& value) {
  if (value.kind == Phase::Kind::steps) return value.steps;
  return value.kind == Phase::Kind::complete ? "complete" : "schedule";
}

template <class T>
nlohmann::ordered_json write(const std::vector<T>& values);
template <class T>
nlohmann::ordered_json write(const std::optional<T>& value);

/// The JSON of the value of a field.
template <class T>
nlohmann::ordered_json write(const T& value) {
  if constexpr (Named<T>) {
    return name(value);
  } else if constexpr (Section<T>) {
    auto out = nlohmann::ordered_json::object();
    T::fields([&](std::string_view key, auto member, const Rule&) { out[std::string(key)] = write(value.*member); });
    return out;
  } else {
    return value;
  }
}

template <class T>
nlohmann::ordered_json write(const std::optional<T>& value) {
  return value ? write(*value) : nlohmann::ordered_json("");
}

template <class T>
nlohmann::ordered_json write(const std::vector<T>& values) {
  auto out = nlohmann::ordered_json::array();
  for (const T& value : values) out.push_back(write(value));
  return out;
}

}  // namespace snnsim::experiments
