#include "models/tokenizer/tokenizer_config.hpp"

#include "models/checkpoint/json_fields.hpp"

namespace snnsim::models {
namespace {

constexpr const char* remedy = "fetch tokenizer_config.json again, or remove it";

/// A token is written as its text, or as an object with its content.
std::optional<std::string> read_token(const nlohmann::json& whole, const JsonFields& fields, const char* key) {
  const auto found = whole.find(key);
  if (found == whole.end()) return std::nullopt;
  if (!found->is_object()) return fields.text(key, "");
  return JsonFields(*found, fields.file() + " (" + key + ")", remedy).text("content", "");
}

}  // namespace

TokenizerConfig read_tokenizer_config(std::string_view text, const std::string& file) {
  const nlohmann::json whole = parse_json(text, file, remedy);
  const JsonFields fields(whole, file, remedy);
  TokenizerConfig config;
  config.bos_token = read_token(whole, fields, "bos_token");
  config.eos_token = read_token(whole, fields, "eos_token");
  if (fields.has("add_bos_token")) config.add_bos_token = fields.flag("add_bos_token", false);
  return config;
}

}  // namespace snnsim::models
