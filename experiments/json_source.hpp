#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace snnsim::experiments {

/// A JSON text that remembers where each key and value stands, changed by `--set`.
/// Values are named by dotted paths, list elements by their index: "evaluation.perplexity.0.text".
class JsonSource {
 public:
  /// Throws ConfigurationError with file:line:column for bad syntax, duplicate keys and absurd nesting.
  JsonSource(std::string_view text, std::filesystem::path file);

  /// Applies "a.b=value". Throws ConfigurationError for a malformed assignment or an index past the end of a list.
  void set(std::string_view assignment);

  /// Puts the value at `from` at `to` too, as if it stood there: its place and its folder stay those of `from`.
  /// `key` is the key whose place is that of `to`. Throws ConfigurationError for an index past the end of a list.
  void copy(const std::string& from, const std::string& key, const std::string& to);

  const nlohmann::json& root() const { return root_; }
  /// The value at a path; null if there is none.
  const nlohmann::json* find(const std::string& path) const;
  /// The keys of the object at `path` in the order of the text; those made by --set come last.
  std::vector<std::string> keys_in_order(const std::string& path, const nlohmann::json& object) const;
  const std::filesystem::path& file() const { return file_; }
  /// "file:line:column" of the value (or of its key), or "--set a.b=value".
  std::string place_of_value(const std::string& path) const { return place(path, &Place::value); }
  std::string place_of_key(const std::string& path) const { return place(path, &Place::key); }
  /// The folder against which a relative path found at `path` is resolved.
  std::filesystem::path folder_of(const std::string& path) const;

  /// Byte offsets.
  struct Place {
    std::size_t key = 0, value = 0;
  };

 private:
  void forget(const std::string& path);
  std::string place(const std::string& path, std::size_t Place::*which) const;
  std::string position(std::size_t offset) const;
  const std::string* setting_of(std::string path) const;

  std::filesystem::path file_;
  std::string text_;
  nlohmann::json root_;
  std::map<std::string, Place> places_;
  std::map<std::string, std::string> settings_;  // path -> "--set path=value"
};

/// "a.b" + "c" = "a.b.c".
std::string child(const std::string& path, std::string_view key);
std::string child(const std::string& path, std::size_t index);

}  // namespace snnsim::experiments
