#include "experiments/zero_shot/item_fields.hpp"

#include <charconv>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::experiments {

namespace {

/// The whole number that a value stands for, -1 if it stands for none.
std::int64_t number_of(const nlohmann::json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_string()) return -1;
  const std::string& digits = value.get_ref<const std::string&>();
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : -1;
}

}  // namespace

void ItemFields::fail(const std::string& what) const {
  throw DataError(fmt::format("{}: {}", place_, what), fmt::format("an item of this task has {}", wanted_));
}

const nlohmann::json& ItemFields::at(const char* key) const {
  const auto found = object_.find(key);
  if (found == object_.end()) fail(fmt::format("no field \"{}\"", key));
  return *found;
}

std::string ItemFields::text(const char* key) const {
  const nlohmann::json& value = at(key);
  if (!value.is_string()) fail(fmt::format("\"{}\" is not a string", key));
  return value.get<std::string>();
}

std::string ItemFields::choice(const char* key) const {
  std::string value = text(key);
  if (value.empty()) fail(fmt::format("\"{}\" is empty", key));
  return value;
}

std::vector<std::string> ItemFields::choices(const char* key) const {
  const nlohmann::json& list = at(key);
  if (!list.is_array() || list.size() < 2) fail(fmt::format("\"{}\" is not a list of two or more choices", key));
  std::vector<std::string> choices;
  for (const nlohmann::json& choice : list) {
    if (!choice.is_string() || choice.get_ref<const std::string&>().empty())
      fail(fmt::format("\"{}\" holds a choice that is no text", key));
    choices.push_back(choice.get<std::string>());
  }
  return choices;
}

std::size_t ItemFields::index(const char* key, std::size_t count, std::size_t first) const {
  const std::int64_t number = number_of(at(key)) - static_cast<std::int64_t>(first);
  if (number < 0 || number >= static_cast<std::int64_t>(count))
    fail(fmt::format("\"{}\" is not one of {} to {}", key, first, first + count - 1));
  return static_cast<std::size_t>(number);
}

ItemFields ItemFields::inside(const char* key) const {
  const nlohmann::json& object = at(key);
  if (!object.is_object()) fail(fmt::format("\"{}\" is not an object", key));
  return {object, place_, wanted_};
}

}  // namespace snnsim::experiments
