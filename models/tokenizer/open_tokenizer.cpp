#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/checkpoint/gguf.hpp"
#include "models/checkpoint/mapped_file.hpp"
#include "models/tokenizer/gguf_tokenizer.hpp"
#include "models/tokenizer/llama2c_tokenizer.hpp"
#include "models/tokenizer/sentencepiece_model.hpp"
#include "models/tokenizer/tokenizer.hpp"
#include "models/tokenizer/tokenizer_json.hpp"

namespace snnsim::models {
namespace {

using std::filesystem::path;

constexpr const char* remedy =
    "set model.tokenizer to the tokenizer.json, SentencePiece .model, GGUF file or llama2.c tokenizer.bin of this "
    "model";

bool is_there(const path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

bool is_folder(const path& file) {
  std::error_code ignored;
  return std::filesystem::is_directory(file, ignored);
}

std::vector<path> places(const path& checkpoint, std::size_t vocabulary_size) {
  if (is_folder(checkpoint)) return {checkpoint / "tokenizer.json", checkpoint / "tokenizer.model"};
  if (checkpoint.extension() == ".gguf") return {checkpoint};
  const path folder = checkpoint.parent_path();
  return {folder / fmt::format("tok{}.bin", vocabulary_size), folder / "tokenizer.bin", folder / "tokenizer.json",
          folder / "tokenizer.model"};
}

path first_there(const std::vector<path>& places, const char* what) {
  std::string looked_for;
  for (const path& place : places) {
    if (is_there(place)) return place;
    looked_for += (looked_for.empty() ? "" : ", ") + place.string();
  }
  throw DataError(fmt::format("{}: looked for {}", what, looked_for), remedy);
}

/// Rows of an embedding are often rounded up, so a few ids fewer are no contradiction; a tenth is.
void check_fits(const Tokenizer& tokenizer, std::size_t vocabulary_size, const path& file) {
  const std::size_t ids = tokenizer.vocabulary_size();
  if (vocabulary_size == 0 || (ids <= vocabulary_size && ids >= vocabulary_size - vocabulary_size / 10)) return;
  throw DataError(
      fmt::format("{}: {} pieces, but the model's embedding has {} rows", file.string(), ids, vocabulary_size),
      "set model.tokenizer to the tokenizer that the checkpoint was trained with");
}

TokenizerConfig config_beside(const path& file) {
  const path config = file.parent_path() / "tokenizer_config.json";
  if (!is_there(config)) return {};
  return read_tokenizer_config(MappedFile(config).text(), config.string());
}

/// Without such a file, a SentencePiece model's own control pieces count.
std::unique_ptr<Tokenizer> open_sentencepiece(const path& file) {
  SentencePieceModel model = read_sentencepiece_model(MappedFile(file).text(), file.string());
  const TokenizerConfig config = config_beside(file);
  model.special.adds_bos = model.special.adds_bos && config.add_bos_token.value_or(true);
  return make_sentencepiece_tokenizer(model, "SentencePiece model (BPE by score)", file.string());
}

std::unique_ptr<Tokenizer> open_kind(const path& file, std::size_t vocabulary_size) {
  const path kind = file.extension();
  if (kind == ".json") return read_tokenizer_json(MappedFile(file).text(), file.string(), config_beside(file));
  if (kind == ".model") return open_sentencepiece(file);
  if (kind == ".gguf") return make_gguf_tokenizer(open_gguf(file).metadata);
  if (kind != ".bin") {
    throw DataError(fmt::format("{}: neither a .json, a .model, a .gguf nor a .bin file", file.string()), remedy);
  }
  return read_llama2c_tokenizer(MappedFile(file).bytes(), vocabulary_size, file.string());
}

}  // namespace

std::unique_ptr<Tokenizer> open_tokenizer(const path& given, std::size_t vocabulary_size) {
  const path file =
      is_folder(given) ? first_there(places(given, vocabulary_size), "no tokenizer in the folder") : given;
  if (!is_there(file)) throw DataError(fmt::format("{}: no such tokenizer", file.string()), remedy);
  auto tokenizer = open_kind(file, vocabulary_size);
  check_fits(*tokenizer, vocabulary_size, file);
  return tokenizer;
}

path find_tokenizer(const path& checkpoint, const path& given, std::size_t vocabulary_size) {
  if (!given.empty()) return given;
  return first_there(places(checkpoint, vocabulary_size), "no tokenizer beside the model");
}

}  // namespace snnsim::models
