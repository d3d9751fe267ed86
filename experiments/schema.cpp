#include "experiments/schema.hpp"

#include <concepts>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "experiments/experiment.hpp"
#include "experiments/field_writer.hpp"
#include "experiments/json_source.hpp"
#include "experiments/network/network_description.hpp"

namespace snnsim::experiments {
namespace {

using nlohmann::ordered_json;

/// The schema of one value, by its type.
ordered_json type_of(const bool&, const Rule&) {
  return {{"type", "boolean"}};
}
ordered_json type_of(const std::string&, const Rule&) {
  return {{"type", "string"}};
}
ordered_json type_of(const std::filesystem::path&, const Rule&) {
  return {{"type", "string"}};
}
ordered_json type_of(const TableName&, const Rule&) {
  return {{"type", "string"}};
}
ordered_json type_of(const SweptKeys&, const Rule&) {
  return {{"type", "object"}, {"additionalProperties", {{"type", {"array", "object"}}, {"minItems", 1}}}};
}

template <std::integral T>
ordered_json type_of(const T&, const Rule& rule) {
  if (!rule.values.empty()) return {{"enum", rule.values}};
  ordered_json out = {{"type", "integer"}};
  if (rule.least != no_bound) out["minimum"] = rule.least;
  if (rule.most != Rule{}.most) out["maximum"] = rule.most;
  return out;
}

ordered_json type_of(const PrefixTokens&, const Rule& rule) {
  const ordered_json ids = {{"type", "array"}, {"items", {{"type", "integer"}, {"minimum", 0}}}, {"minItems", 1}};
  return {{"anyOf", {{{"enum", {"auto", "search"}}}, type_of(std::size_t{}, rule), ids}}};
}

ordered_json type_of(const Phase&, const Rule& rule) {
  return {{"anyOf", {{{"enum", {"schedule", "complete"}}}, type_of(std::size_t{}, rule)}}};
}

ordered_json type_of(const double&, const Rule& rule) {
  ordered_json out = {{"type", "number"}};
  if (rule.least != no_bound) out[rule.exclusive ? "exclusiveMinimum" : "minimum"] = rule.least;
  if (rule.most != Rule{}.most) out["maximum"] = rule.most;
  return out;
}

ordered_json type_of(const PerNeuron&, const Rule& rule) {
  const ordered_json one = type_of(double{}, rule);
  return {{"anyOf", {one, {{"type", "array"}, {"items", one}}}}};
}

template <Named Enum>
ordered_json type_of(const Enum&, const Rule&) {
  return {{"enum", names_of<Enum>}};
}

template <Section T>
ordered_json type_of(const T& defaults, const Rule& rule);

template <class T>
ordered_json type_of(const std::optional<T>&, const Rule& rule) {
  return {{"anyOf", {{{"const", ""}}, type_of(T{}, rule)}}};
}

template <class T>
ordered_json type_of(const std::vector<T>&, const Rule& rule) {
  return {{"type", "array"}, {"items", type_of(T{}, rule)}};
}

template <Section T>
ordered_json type_of(const T& defaults, const Rule&) {
  auto properties = ordered_json::object();
  T::fields([&](std::string_view key, auto member, const Rule& rule) {
    ordered_json field = type_of(defaults.*member, rule);
    field["description"] = rule.unit.empty() ? std::string(rule.help) : fmt::format("{} [{}]", rule.help, rule.unit);
    if constexpr (!Section<std::decay_t<decltype(defaults.*member)>>) field["default"] = write(defaults.*member);
    properties[std::string(key)] = std::move(field);
  });
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

/// What a value may be, in a few words.
std::string choices(const ordered_json& field) {
  if (field.contains("enum")) {
    std::vector<std::string> words;
    for (const auto& word : field["enum"]) words.push_back(word.dump());
    return fmt::format("{}", fmt::join(words, " "));
  }
  if (field.contains("const")) return field["const"].dump();
  if (field.contains("anyOf")) {
    std::vector<std::string> words;
    for (const auto& choice : field["anyOf"]) words.push_back(choices(choice));
    return fmt::format("{}", fmt::join(words, " or "));
  }
  if (field.contains("minimum") && field.contains("maximum"))
    return fmt::format("{}..{}", field["minimum"].get<std::int64_t>(), field["maximum"].get<std::int64_t>());
  if (field.contains("minimum")) return fmt::format("{} or more", field["minimum"].get<std::int64_t>());
  if (field.contains("exclusiveMinimum")) return fmt::format("above {}", field["exclusiveMinimum"].get<std::int64_t>());
  if (field.contains("additionalProperties")) return "keys with lists of values";
  return field["type"].get<std::string>();
}

void append_keys(const ordered_json& section, const std::string& path, std::string& out) {
  for (const auto& [key, field] : section["properties"].items()) {
    const std::string inner = child(path, key);
    if (field.contains("properties")) {
      append_keys(field, inner, out);
      continue;
    }
    if (!field.contains("default")) continue;  // $schema
    fmt::format_to(std::back_inserter(out), "{} = {}\n    {}; {}\n", inner, field["default"].dump(), choices(field),
                   field["description"].get<std::string>());
    if (field.contains("items") && field["items"].contains("properties"))
      append_keys(field["items"], inner + ".<i>", out);
  }
}

template <Section T>
ordered_json file_schema(std::string_view title) {
  ordered_json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}};
  schema.update(type_of(T{}, Rule{}));
  schema["properties"]["$schema"] = {{"type", "string"}, {"description", "where this schema is, for editors"}};
  return schema;
}

}  // namespace

ordered_json experiment_schema() {
  return file_schema<Experiment>("snnsim experiment");
}

ordered_json network_schema() {
  return file_schema<NetworkDescription>("snnsim network");
}

std::string keys_of(const ordered_json& schema) {
  std::string out;
  append_keys(schema, "", out);
  return out;
}

}  // namespace snnsim::experiments
