#include "models/checkpoint/json_fields.hpp"

#include <cmath>
#include <cstdint>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/text_position.hpp"

namespace snnsim::models {
namespace {

using nlohmann::json;

/// Refuses what the parser would take in silence: a key given twice, and nesting so deep that what recurses over the
/// values would run out of stack.
class StructureCheck {
 public:
  StructureCheck(const std::string& file, const std::string& remedy) : file_(file), remedy_(remedy) {}

  void operator()(int depth, json::parse_event_t event, const json& value) {
    constexpr int deepest = 32;
    if (depth > deepest) throw DataError(fmt::format("{}: nested too deep", file_), remedy_);
    if (event == json::parse_event_t::object_start) keys_.emplace_back();
    if (event == json::parse_event_t::object_end) keys_.pop_back();
    if (event == json::parse_event_t::key) add(value.get_ref<const std::string&>());
  }

 private:
  void add(const std::string& key) {
    if (keys_.back().insert(key).second) return;
    throw DataError(fmt::format("{}: {} is given twice", file_, in_quotes(key)), remedy_);
  }

  const std::string& file_;
  const std::string& remedy_;
  std::vector<std::unordered_set<std::string>> keys_;  // of the objects that are open
};

}  // namespace

json parse_json(std::string_view text, const std::string& file, const std::string& remedy) {
  StructureCheck check(file, remedy);
  const auto visit = [&](int depth, json::parse_event_t event, json& value) {
    check(depth, event, value);
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), visit);
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t byte = error.byte > 0 ? error.byte - 1 : 0;
    throw DataError(fmt::format("{}: not JSON", text_position(file, text, byte)), remedy);
  } catch (const nlohmann::json::exception&) {  // a number beyond the range of a double
    throw DataError(fmt::format("{}: not JSON that can be read", file), remedy);
  }
}

JsonFields::JsonFields(const nlohmann::json& object, std::string file, std::string remedy)
    : object_(&object), file_(std::move(file)), remedy_(std::move(remedy)) {
  if (!object.is_object()) fail("holds no JSON object");
}

void JsonFields::fail(const std::string& what) const {
  throw DataError(fmt::format("{}: {}", file_, what), remedy_);
}

bool JsonFields::has(const char* key) const {
  return !at(key).is_null();
}

const nlohmann::json& JsonFields::at(const char* key) const {
  static const nlohmann::json absent;
  const auto found = object_->find(key);
  return found == object_->end() ? absent : *found;
}

std::size_t JsonFields::count(const char* key, std::size_t limit) const {
  const nlohmann::json& value = at(key);
  if (value.is_null()) fail(fmt::format("{} is missing", key));
  const bool whole = value.is_number_unsigned();
  if (!whole || value.get<std::uint64_t>() == 0 || value.get<std::uint64_t>() > limit) {
    fail(fmt::format("{} is {}, not a whole number in 1..{}", key, in_quotes(value.dump()), limit));
  }
  return value.get<std::size_t>();
}

std::size_t JsonFields::count(const char* key, std::size_t limit, std::size_t fallback) const {
  return has(key) ? count(key, limit) : fallback;
}

float JsonFields::positive(const char* key, float fallback) const {
  const nlohmann::json& value = at(key);
  if (value.is_null()) return fallback;
  const double number = value.is_number() ? value.get<double>() : 0.0;
  const auto result = static_cast<float>(number);
  if (!(result > 0.0F) || !std::isfinite(result)) {
    fail(fmt::format("{} is {}, not a number above zero", key, in_quotes(value.dump())));
  }
  return result;
}

bool JsonFields::flag(const char* key, bool fallback) const {
  const nlohmann::json& value = at(key);
  if (value.is_null()) return fallback;
  if (!value.is_boolean()) fail(fmt::format("{} is {}, not true or false", key, in_quotes(value.dump())));
  return value.get<bool>();
}

std::string JsonFields::text(const char* key, std::string_view fallback) const {
  const nlohmann::json& value = at(key);
  if (value.is_null()) return std::string(fallback);
  if (!value.is_string()) fail(fmt::format("{} is {}, not a string", key, in_quotes(value.dump())));
  return value.get<std::string>();
}

}  // namespace snnsim::models
