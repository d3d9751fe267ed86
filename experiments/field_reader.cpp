#include "experiments/field_reader.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "experiments/suggestion.hpp"

namespace snnsim::experiments {
namespace {

std::string shown(const nlohmann::json& value) {
  constexpr std::size_t longest = 60;
  std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // keep UTF-8 whole
  return text.substr(0, end) + "...";
}

std::string called(const Node& node) {
  return node.path.empty() ? "the file" : node.path;
}

std::string range_of(const Rule& rule) {
  if (!rule.values.empty()) return fmt::format("one of {}", fmt::join(rule.values, ", "));
  if (rule.least == rule.most) return fmt::format("{} (the only value in this version)", rule.least);
  if (rule.least == no_bound) return "an integer";
  if (rule.most == Rule{}.most) return fmt::format("an integer, at least {}", rule.least);
  return fmt::format("an integer from {} to {}", rule.least, rule.most);
}

bool allowed(std::int64_t value, const Rule& rule) {
  if (!rule.values.empty()) return std::ranges::find(rule.values, value) != rule.values.end();
  return rule.least <= value && value <= rule.most;
}

std::string number_range(const Rule& rule) {
  std::string range = "a number";
  if (rule.least != no_bound) range += fmt::format("{} {}", rule.exclusive ? " above" : ", at least", rule.least);
  if (rule.most != Rule{}.most) range += fmt::format(" and at most {}", rule.most);
  return range;
}

bool allowed(double value, const Rule& rule) {
  const auto least = static_cast<double>(rule.least), most = static_cast<double>(rule.most);
  const bool above = rule.exclusive ? value > least : value >= least;
  return above && value <= most && std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max());
}

/// Every ${NAME} replaced.
std::string expand(const Node& node, std::string text) {
  for (std::size_t start = 0; (start = text.find("${", start)) != std::string::npos;) {
    const std::size_t end = text.find('}', start);
    if (end == std::string::npos) reject(node, "a path whose ${ has a }", {});
    const std::string variable = text.substr(start + 2, end - start - 2);
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr)
      throw ConfigurationError(fmt::format("{}: {} uses ${{{}}}, which is not set in the environment",
                                           node.source.place_of_value(node.path), node.path, variable),
                               fmt::format("export {}=... or write the path itself", variable));
    text.replace(start, end + 1 - start, value);
    start += std::string_view(value).size();
  }
  return text;
}

bool is_utf8(const std::string& text) {
  try {
    (void)nlohmann::json(text).dump();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
  return true;
}

std::filesystem::path resolved(const Node& node, const std::string& text) {
  const std::filesystem::path path = expand(node, text);
  if (path.empty()) return {};
  if (!is_utf8(path.string())) reject(node, "a path in UTF-8", {});
  return (node.source.folder_of(node.path) / path).lexically_normal();
}

void collect(const Node& node, const std::string& prefix, const Rule& rule, std::vector<SweptKeys::Key>& out) {
  for (const std::string& key : node.source.keys_in_order(node.path, node.value)) {
    const Node inner = node.at(key);
    const std::string name = child(prefix, key);
    if (inner.value.is_object()) {
      collect(inner, name, rule, out);
      continue;
    }
    if (!inner.value.is_array() || inner.value.empty()) reject(inner, "a list of at least one value", rule);
    if (std::ranges::find(out, name, &SweptKeys::Key::name) != out.end())
      throw ConfigurationError(fmt::format("{}: {} is given twice", inner.source.place_of_key(inner.path), inner.path),
                               "keep one of the two");
    SweptKeys::Key& swept = out.emplace_back(SweptKeys::Key{name, {}});
    for (const nlohmann::json& value : inner.value)
      swept.values.push_back(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
}

}  // namespace

void reject(const Node& node, std::string_view expected, const Rule& rule) {
  throw ConfigurationError(
      fmt::format("{}: {} must be {}, not {}", node.source.place_of_value(node.path), called(node), expected,
                  shown(node.value)),
      rule.help.empty() ? std::string("see snnsim schema --keys") : fmt::format("{}: {}", called(node), rule.help));
}

void reject_name(const Node& node, std::span<const std::string_view> names, const Rule& rule) {
  if (!node.value.is_string()) reject(node, fmt::format("one of \"{}\"", fmt::join(names, "\", \"")), rule);
  throw ConfigurationError(
      fmt::format("{}: {} has no choice {}", node.source.place_of_value(node.path), called(node), shown(node.value)),
      suggest(node.value.get_ref<const std::string&>(), names, "choices here"));
}

void check_keys(const Node& node, std::span<const std::string_view> known) {
  for (const auto& [key, value] : node.value.items()) {
    if (std::ranges::find(known, key) != known.end() || (node.path.empty() && key == "$schema")) continue;
    throw ConfigurationError(fmt::format("{}: unknown key {} in {}", node.source.place_of_key(child(node.path, key)),
                                         shown(nlohmann::json(key)), called(node)),
                             suggest(key, known, "keys here"));
  }
}

std::int64_t read_integer(const Node& node, const Rule& rule) {
  const bool too_large =
      node.value.is_number_unsigned() && node.value.get<std::uint64_t>() > static_cast<std::uint64_t>(Rule{}.most);
  if (!node.value.is_number_integer() || too_large || !allowed(node.value.get<std::int64_t>(), rule))
    reject(node, range_of(rule), rule);
  return node.value.get<std::int64_t>();
}

double read_number(const Node& node, const Rule& rule) {
  if (!node.value.is_number() || !allowed(node.value.get<double>(), rule)) reject(node, number_range(rule), rule);
  return node.value.get<double>();
}

void read(const Node& node, bool& out, const Rule& rule) {
  if (!node.value.is_boolean()) reject(node, "true or false", rule);
  out = node.value.get<bool>();
}

void read(const Node& node, std::string& out, const Rule& rule) {
  if (!node.value.is_string() || !is_utf8(node.value.get_ref<const std::string&>()))
    reject(node, "a string in UTF-8", rule);
  out = node.value.get<std::string>();
}

void read(const Node& node, std::filesystem::path& out, const Rule& rule) {
  std::string text;
  read(node, text, rule);
  out = resolved(node, text);
}

void read(const Node& node, PrefixTokens& out, const Rule& rule) {
  out = {};
  if (node.value == "auto") return;
  out.search = node.value == "search";
  if (out.search) return;
  if (node.value.is_array() && !node.value.empty())
    return read(node, out.ids, Rule{.help = rule.help, .most = 16777215});
  if (!node.value.is_number_integer()) reject(node, "\"auto\", \"search\", a count or a list of token ids", rule);
  out.count = static_cast<std::size_t>(read_integer(node, rule));
}

void read(const Node& node, Phase& out, const Rule& rule) {
  out = {};
  if (node.value == "schedule") return;
  out.kind = node.value == "complete" ? Phase::Kind::complete : Phase::Kind::steps;
  if (out.kind == Phase::Kind::complete) return;
  if (!node.value.is_number_integer()) reject(node, "\"schedule\", \"complete\" or a count", rule);
  out.steps = static_cast<std::uint32_t>(read_integer(node, rule));
}

void read(const Node& node, TableName& out, const Rule& rule) {
  read(node, out.value, rule);
  if (out.is_path()) out.value = resolved(node, out.value).string();
}

void read(const Node& node, SweptKeys& out, const Rule& rule) {
  out.keys.clear();
  if (!node.value.is_object()) reject(node, "an object of keys with lists of values", rule);
  collect(node, "", rule, out.keys);
}

}  // namespace snnsim::experiments
