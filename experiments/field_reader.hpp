#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/experiment.hpp"
#include "experiments/field.hpp"
#include "experiments/json_source.hpp"

namespace snnsim::experiments {

/// A value of the source and what it is called there.
struct Node {
  const nlohmann::json& value;
  std::string path;
  const JsonSource& source;

  Node at(std::string_view key) const { return {value.at(std::string(key)), child(path, key), source}; }
  Node at(std::size_t index) const { return {value.at(index), child(path, index), source}; }
};

/// Throws ConfigurationError: "<place>: <path> must be <expected>, not <value>".
[[noreturn]] void reject(const Node& node, std::string_view expected, const Rule& rule);
[[noreturn]] void reject_name(const Node& node, std::span<const std::string_view> names, const Rule& rule);
/// Throws ConfigurationError for the first key of the object that is not among `known`.
void check_keys(const Node& node, std::span<const std::string_view> known);
/// Checks `rule`, returns the value.
std::int64_t read_integer(const Node& node, const Rule& rule);
/// The same; a number that floats do not reach is refused too.
double read_number(const Node& node, const Rule& rule);

void read(const Node& node, bool& out, const Rule& rule);
void read(const Node& node, std::string& out, const Rule& rule);
void read(const Node& node, std::filesystem::path& out, const Rule& rule);
void read(const Node& node, PrefixTokens& out, const Rule& rule);
void read(const Node& node, Phase& out, const Rule& rule);
void read(const Node& node, TableName& out, const Rule& rule);
/// An object of lists; the parts of a dotted key may also be objects within each other, as --set makes them.
void read(const Node& node, SweptKeys& out, const Rule& rule);

inline void read(const Node& node, double& out, const Rule& rule) {
  out = read_number(node, rule);
}

template <std::integral T>
void read(const Node& node, T& out, const Rule& rule) {
  out = static_cast<T>(read_integer(node, rule));
}

template <Named Enum>
void read(const Node& node, Enum& out, const Rule& rule) {
  constexpr auto names = names_of<Enum>;
  for (std::size_t i = 0; i < names.size() && node.value.is_string(); ++i) {
    if (node.value.get_ref<const std::string&>() != names[i]) continue;
    out = static_cast<Enum>(i);
    return;
  }
  reject_name(node, names, rule);
}

template <Section T>
void read(const Node& node, T& out, const Rule& rule);

/// An empty string is no value.
template <class T>
void read(const Node& node, std::optional<T>& out, const Rule& rule) {
  out.reset();
  const auto* text = node.value.template get_ptr<const nlohmann::ordered_json::string_t*>();
  if (text == nullptr || !text->empty()) read(node, out.emplace(), rule);
}

template <class T>
void read(const Node& node, std::vector<T>& out, const Rule& rule) {
  if (!node.value.is_array()) reject(node, "a list", rule);
  out.assign(node.value.size(), T{});
  for (std::size_t i = 0; i < out.size(); ++i) read(node.at(i), out[i], rule);
}

template <Section T>
void read(const Node& node, T& out, const Rule& rule) {
  if (!node.value.is_object()) reject(node, "an object", rule);
  std::vector<std::string_view> known;
  T::fields([&](std::string_view key, auto, const Rule&) { known.push_back(key); });
  check_keys(node, known);
  T::fields([&](std::string_view key, auto member, const Rule& field_rule) {
    if (node.value.contains(key)) read(node.at(key), out.*member, field_rule);
  });
}

}  // namespace snnsim::experiments
