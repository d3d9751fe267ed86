#include "models/checkpoint/json_fields.hpp"

#include <cmath>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/in_quotes.hpp"

namespace snnsim::models {

nlohmann::json parse_json(std::string_view text, const std::string& file, const std::string& remedy) {
  try {
    return nlohmann::json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::parse_error& error) {
    throw DataError(fmt::format("{}: not JSON (byte {})", file, error.byte), remedy);
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
