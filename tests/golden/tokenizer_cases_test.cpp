// The conformance cases that llama.cpp keeps for LLaMA's vocabularies: ids without BOS, one line a case.
#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "models/tokenizer/tokenizer_json.hpp"
#include "tests/support/assets.hpp"

namespace snnsim::models {
namespace {

using Ids = std::vector<TokenId>;

struct Case {
  std::string text;
  Ids ids;
};

std::filesystem::path tokenizers() {
  return tests::assets() / "tokenizers";
}

std::string cases_file(const std::string& vocabulary, const char* ending) {
  std::ifstream in(tokenizers() / "llama.cpp-vocab" / ("ggml-vocab-" + vocabulary + ".gguf" + ending),
                   std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The cases of a vocabulary; the text behind the last separator is one, too.
std::vector<Case> cases(const std::string& vocabulary) {
  constexpr std::string_view separator = "\n__ggml_vocab_test__\n";
  const std::string texts = cases_file(vocabulary, ".inp");
  std::istringstream lines(cases_file(vocabulary, ".out"));
  std::vector<Case> result;
  for (std::size_t begin = 0; begin <= texts.size();) {
    const std::size_t end = std::min(texts.find(separator, begin), texts.size());
    std::string line;
    std::getline(lines, line);
    std::istringstream numbers(line);
    result.push_back({texts.substr(begin, end - begin), Ids(std::istream_iterator<TokenId>(numbers), {})});
    begin = end == texts.size() ? end + 1 : end + separator.size();
  }
  return result;
}

void check_cases(const Tokenizer& tokenizer, const std::string& vocabulary) {
  const std::vector<Case> all = cases(vocabulary);
  REQUIRE(all.size() == 47);
  for (const auto& [text, ids] : all) {
    CHECK_MESSAGE(tokenizer.encode(text, false) == ids, text);
    CHECK_MESSAGE(tokenizer.decode(ids) == text, text);
  }
}

struct Piece {
  std::string text;
  float score;
};

/// The pieces of a tokenizer.bin, with spaces as SentencePiece writes them.
std::vector<Piece> read_pieces(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::int32_t length = 0;
  in.read(reinterpret_cast<char*>(&length), sizeof length);  // the longest
  std::vector<Piece> pieces;
  for (Piece piece; in.read(reinterpret_cast<char*>(&piece.score), sizeof piece.score); pieces.push_back(piece)) {
    in.read(reinterpret_cast<char*>(&length), sizeof length);
    piece.text.resize(static_cast<std::size_t>(length));
    in.read(piece.text.data(), length);
    for (std::size_t at = 0; (at = piece.text.find(' ', at)) != std::string::npos;) piece.text.replace(at, 1, "\u2581");
  }
  pieces.at(1).text = "<s>";  // written with line breaks around it
  pieces.at(2).text = "</s>";
  return pieces;
}

/// Every pair that makes a piece, in the order of the pieces' scores, as Hugging Face's converter lists them.
nlohmann::json merges_by_score(const std::vector<Piece>& pieces, const nlohmann::json& vocabulary) {
  std::vector<std::size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t id) { return pieces[id].score; });
  nlohmann::json merges = nlohmann::json::array();
  constexpr std::size_t control_and_bytes = 259;
  for (const std::size_t id : order) {
    if (id < control_and_bytes) continue;
    const std::string& text = pieces[id].text;
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      const std::string left = text.substr(0, cut), right = text.substr(cut);
      if (vocabulary.contains(left) && vocabulary.contains(right)) merges.push_back({left, right});
    }
  }
  return merges;
}

std::string as_tokenizer_json(const std::vector<Piece>& pieces) {
  nlohmann::json vocabulary;
  for (std::size_t id = 0; id < pieces.size(); ++id) vocabulary[pieces[id].text] = id;
  const nlohmann::json prepend = {{"type", "Prepend"}, {"prepend", "\u2581"}};
  const nlohmann::json replace = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}};
  return nlohmann::json{{"normalizer", {{"type", "Sequence"}, {"normalizers", {prepend, replace}}}},
                        {"model",
                         {{"type", "BPE"},
                          {"byte_fallback", true},
                          {"vocab", vocabulary},
                          {"merges", merges_by_score(pieces, vocabulary)}}}}
      .dump();
}

}  // namespace

TEST_CASE("llama.cpp's cases for LLaMA-2's vocabulary in llama2.c's tokenizer.bin") {
  if (!tests::have_assets()) return;
  check_cases(*open_tokenizer(tokenizers() / "tokenizer32k.bin", 32000), "llama-spm");
}

TEST_CASE("llama.cpp's cases for LLaMA-2's vocabulary in a SentencePiece model") {
  if (!tests::have_assets()) return;
  check_cases(*open_tokenizer(tokenizers() / "llama_tokenizer32k.model", 32000), "llama-spm");
}

TEST_CASE("llama.cpp's cases for LLaMA-2's vocabulary in a GGUF file") {
  if (!tests::have_assets()) return;
  check_cases(*open_tokenizer(tokenizers() / "llama.cpp-vocab/ggml-vocab-llama-spm.gguf", 32000), "llama-spm");
}

TEST_CASE("llama.cpp's cases for LLaMA-2's vocabulary in a tokenizer.json, which merges by rank") {
  if (!tests::have_assets()) return;
  check_cases(*read_tokenizer_json(as_tokenizer_json(read_pieces(tokenizers() / "tokenizer32k.bin")), "t"),
              "llama-spm");
}

TEST_CASE("llama.cpp's cases for LLaMA-3's vocabulary in a GGUF file") {
  if (!tests::have_assets()) return;
  check_cases(*open_tokenizer(tokenizers() / "llama.cpp-vocab/ggml-vocab-llama-bpe.gguf", 128256), "llama-bpe");
}

TEST_CASE("llama.cpp's cases for LLaMA-3's vocabulary in the published tokenizer.json") {
  if (!tests::have_assets()) return;
  check_cases(*open_tokenizer(tokenizers() / "llama3_tokenizer.json", 128256), "llama-bpe");
}

TEST_CASE("a published tokenizer.json of 32000 other pieces takes every case back to its text") {
  if (!tests::have_assets()) return;
  const auto tokenizer = open_tokenizer(tokenizers() / "llama2_tokenizer.json", 32000);
  for (const auto& [text, ids] : cases("llama-spm")) CHECK(tokenizer->decode(tokenizer->encode(text, true)) == text);
}

}  // namespace snnsim::models
