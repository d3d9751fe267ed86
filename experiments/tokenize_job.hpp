#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::experiments {

struct TokenizeOptions {
  bool bos = true;             // where the tokenizer's own rule puts one
  std::string separator = {};  // divides inputs; empty: all is one input
};

/// The tokenizer at a path: a tokenizer file, a GGUF file, a directory, or a llama2.c model with its tokenizer beside
/// it. Throws DataError.
std::unique_ptr<models::Tokenizer> open_tokenizer_of(const std::filesystem::path& path);

/// Emits a line per input of `text`: its ids, divided by spaces. Throws DataError for text that is not UTF-8.
void encode_inputs(const models::Tokenizer& tokenizer, std::string_view text, const TokenizeOptions& options,
                   const std::function<void(std::string_view)>& emit);

/// The other way: emits the text of each line of ids, with the separator (without one a line feed) between two texts.
/// Throws DataError that names the line of what is no id.
void decode_lines(const models::Tokenizer& tokenizer, std::string_view lines, const TokenizeOptions& options,
                  const std::function<void(std::string_view)>& emit);

}  // namespace snnsim::experiments
