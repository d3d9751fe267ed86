#include "models/tokenizer/tokenizer.hpp"

#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/mapped_file.hpp"
#include "models/tokenizer/llama2c_tokenizer.hpp"
#include "models/tokenizer/tokenizer_json.hpp"

namespace snnsim::models {
namespace {

using std::filesystem::path;

constexpr const char* remedy = "set model.tokenizer to the tokenizer.json or llama2.c tokenizer.bin of this model";

bool is_there(const path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

bool is_folder(const path& file) {
  std::error_code ignored;
  return std::filesystem::is_directory(file, ignored);
}

std::vector<path> places(const path& checkpoint, std::size_t vocabulary_size) {
  if (is_folder(checkpoint)) return {checkpoint / "tokenizer.json"};
  const path folder = checkpoint.parent_path();
  return {folder / fmt::format("tok{}.bin", vocabulary_size), folder / "tokenizer.bin"};
}

void check_fits(const Tokenizer& tokenizer, std::size_t vocabulary_size, const path& file) {
  if (vocabulary_size == 0 || tokenizer.vocabulary_size() <= vocabulary_size) return;
  throw DataError(fmt::format("{}: {} pieces are more than the model's vocabulary of {}", file.string(),
                              tokenizer.vocabulary_size(), vocabulary_size),
                  remedy);
}

}  // namespace

std::string Tokenizer::decode(std::span<const TokenId> ids) const {
  std::string text;
  TokenId previous = -1;
  for (const TokenId id : ids) {
    if (id != bos() && id != eos()) text += decode_piece(previous, id);
    previous = id;
  }
  return text;
}

std::unique_ptr<Tokenizer> open_tokenizer(const path& given, std::size_t vocabulary_size) {
  const path file = is_folder(given) ? given / "tokenizer.json" : given;
  if (!is_there(file)) throw DataError(fmt::format("{}: no such tokenizer", file.string()), remedy);
  const bool json = file.extension() == ".json";
  if (!json && file.extension() != ".bin") {
    throw DataError(fmt::format("{}: neither a .json nor a .bin file", file.string()), remedy);
  }
  const MappedFile mapped(file);
  auto tokenizer = json ? read_tokenizer_json(mapped.text(), file.string())
                        : read_llama2c_tokenizer(mapped.bytes(), vocabulary_size, file.string());
  check_fits(*tokenizer, vocabulary_size, file);
  return tokenizer;
}

path find_tokenizer(const path& checkpoint, const path& given, std::size_t vocabulary_size) {
  if (!given.empty()) return given;
  std::string looked_for;
  for (const path& place : places(checkpoint, vocabulary_size)) {
    if (is_there(place)) return place;
    looked_for += (looked_for.empty() ? "" : " and ") + place.string();
  }
  throw DataError(fmt::format("no tokenizer beside the model: looked for {}", looked_for), remedy);
}

}  // namespace snnsim::models
