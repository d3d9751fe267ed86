#include "experiments/tokenize_job.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/checkpoint.hpp"
#include "models/checkpoint/in_quotes.hpp"

namespace snnsim::experiments {

namespace {

/// Rows of the embedding if the file is a llama2.c model, whose name looks like a tokenizer's.
std::optional<std::size_t> llama2c_vocabulary(const std::filesystem::path& path) {
  if (path.extension() != ".bin") return std::nullopt;
  try {
    return models::open_checkpoint(path).config.vocabulary_size;
  } catch (const DataError&) {
    return std::nullopt;  // then it must be a tokenizer
  }
}

models::TokenId read_id(std::string_view word, std::size_t line) {
  models::TokenId id = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
  if (error == std::errc{} && end == word.data() + word.size()) return id;
  throw DataError(fmt::format("line {}: {} is no token id", line, models::in_quotes(word)),
                  "give one line of ids, divided by spaces, per text");
}

std::vector<models::TokenId> read_ids(std::string_view text, std::size_t line) {
  std::vector<models::TokenId> ids;
  constexpr std::string_view space = " \t\r";
  while (true) {
    const std::size_t begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos) return ids;
    text.remove_prefix(begin);
    const std::size_t length = std::min(text.find_first_of(space), text.size());
    ids.push_back(read_id(text.substr(0, length), line));
    text.remove_prefix(length);
  }
}

}  // namespace

std::unique_ptr<models::Tokenizer> open_tokenizer_of(const std::filesystem::path& path) {
  const std::optional<std::size_t> rows = llama2c_vocabulary(path);
  if (!rows) return models::open_tokenizer(path, 0);
  return models::open_tokenizer(models::find_tokenizer(path, {}, *rows), *rows);
}

void encode_inputs(const models::Tokenizer& tokenizer, std::string_view text, const TokenizeOptions& options,
                   const std::function<void(std::string_view)>& emit) {
  const std::string& separator = options.separator;
  const bool bos = options.bos && tokenizer.adds_bos();
  while (true) {
    const std::size_t end = separator.empty() ? std::string_view::npos : text.find(separator);
    emit(fmt::format("{}\n", fmt::join(tokenizer.encode(text.substr(0, end), bos), " ")));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + separator.size());
  }
}

void decode_lines(const models::Tokenizer& tokenizer, std::string_view lines, const TokenizeOptions& options,
                  const std::function<void(std::string_view)>& emit) {
  for (std::size_t line = 1; !lines.empty(); ++line) {
    if (line > 1) emit(options.separator.empty() ? "\n" : options.separator);
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    emit(tokenizer.decode(read_ids(lines.substr(0, end), line)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

}  // namespace snnsim::experiments
