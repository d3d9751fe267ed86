#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace snnsim::models {

/// What is read of a tokenizer_config.json, which lies beside a tokenizer.
struct TokenizerConfig {
  /// A token's text; empty where the file says null: the model has none.
  std::optional<std::string> bos_token;
  std::optional<std::string> eos_token;
  std::optional<bool> add_bos_token;
};

/// Throws DataError. `file` is for messages only.
TokenizerConfig read_tokenizer_config(std::string_view text, const std::string& file);

}  // namespace snnsim::models
