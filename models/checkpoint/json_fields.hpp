#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace snnsim::models {

/// Parses JSON text. Throws DataError with file:line:column where the text stops being JSON, or the key that
/// an object gives twice; also for nesting that no file of these kinds has.
nlohmann::json parse_json(std::string_view text, const std::string& file, const std::string& remedy);

/// Typed access to a JSON object of `file`; each DataError names the file and the key. A null counts as absent.
class JsonFields {
 public:
  JsonFields(const nlohmann::json& object, std::string file, std::string remedy);

  const std::string& file() const { return file_; }
  bool has(const char* key) const;
  /// The value of a key; a null when it is absent.
  const nlohmann::json& at(const char* key) const;
  /// A whole number in 1..limit.
  std::size_t count(const char* key, std::size_t limit) const;
  std::size_t count(const char* key, std::size_t limit, std::size_t fallback) const;
  /// A finite number greater than zero, also in fp32.
  float positive(const char* key, float fallback) const;
  bool flag(const char* key, bool fallback) const;
  std::string text(const char* key, std::string_view fallback) const;
  [[noreturn]] void fail(const std::string& what) const;

 private:
  const nlohmann::json* object_;
  std::string file_;
  std::string remedy_;
};

}  // namespace snnsim::models
