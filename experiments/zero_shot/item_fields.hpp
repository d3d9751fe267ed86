#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace snnsim::experiments {

/// Typed access to the fields of one item. Every DataError names its place (file:line), the field, and as the remedy
/// the fields that the task's items have.
class ItemFields {
 public:
  ItemFields(const nlohmann::json& object, std::string place, std::string_view wanted)
      : object_(object), place_(std::move(place)), wanted_(wanted) {}

  bool has(const char* key) const { return object_.contains(key); }
  /// A string.
  std::string text(const char* key) const;
  /// A string that is not empty.
  std::string choice(const char* key) const;
  /// A list of two or more strings, none of them empty.
  std::vector<std::string> choices(const char* key) const;
  /// An index below `count`: a number or a string of digits, from `first` on, or true and false.
  std::size_t index(const char* key, std::size_t count, std::size_t first = 0) const;
  /// The fields of an object inside.
  ItemFields inside(const char* key) const;

  [[noreturn]] void fail(const std::string& what) const;

 private:
  const nlohmann::json& at(const char* key) const;

  const nlohmann::json& object_;
  std::string place_;
  std::string_view wanted_;
};

}  // namespace snnsim::experiments
