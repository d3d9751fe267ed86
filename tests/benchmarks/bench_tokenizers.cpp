// Encoding and decoding on one core, in bytes of text per second: the bundled tokenizer, and where the assets are there
// LLaMA-2's and LLaMA-3's vocabularies. encode_one_word and encode_spaces are the
// texts that are hard to divide.
#include <cstdlib>
#include <filesystem>

#include <benchmark/benchmark.h>

#include "experiments/files.hpp"
#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::models {
namespace {

using std::filesystem::path;

path source() {
  return SNNSIM_SOURCE_DIR;
}

path assets() {
  if (const char* given = std::getenv("SNNSIM_ASSETS")) return given;
  return source().parent_path() / "shared" / "assets";
}

std::string english() {
  const path wikitext = assets() / "text/wikitext-2/wiki.test.raw";
  return experiments::read_file(std::filesystem::exists(wikitext) ? wikitext : source() / "bundled/text/heldout.txt");
}

void set_speed(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(state.iterations()));
}

void encode(benchmark::State& state, const path& file, const std::string& text) {
  const auto tokenizer = open_tokenizer(file, 0);
  for (auto _ : state) benchmark::DoNotOptimize(tokenizer->encode(text, true));
  set_speed(state, text.size());
}

void decode(benchmark::State& state, const path& file) {
  const auto tokenizer = open_tokenizer(file, 0);
  const std::string text = english();
  const std::vector<TokenId> ids = tokenizer->encode(text, true);
  for (auto _ : state) benchmark::DoNotOptimize(tokenizer->decode(ids));
  set_speed(state, text.size());
}

void open(benchmark::State& state, const path& file) {
  for (auto _ : state) benchmark::DoNotOptimize(open_tokenizer(file, 0));
}

void register_all(const std::string& name, const path& file) {
  if (!std::filesystem::exists(file)) return;
  const std::string one_word(1'000'000, 'a');
  const std::string spaces = std::string(1'000'000, ' ') + "a";
  const auto add = [&](const char* what, const auto& run) {
    benchmark::RegisterBenchmark((what + ("/" + name)).c_str(), run)->Unit(benchmark::kMillisecond);
  };
  add("encode", [=](benchmark::State& state) { encode(state, file, english()); });
  add("encode_one_word", [=](benchmark::State& state) { encode(state, file, one_word); });
  add("encode_spaces", [=](benchmark::State& state) { encode(state, file, spaces); });
  add("decode", [=](benchmark::State& state) { decode(state, file); });
  add("open", [=](benchmark::State& state) { open(state, file); });
}

}  // namespace
}  // namespace snnsim::models

int main(int argc, char** argv) {
  using namespace snnsim::models;
  benchmark::Initialize(&argc, argv);
  register_all("bundled", source() / "bundled/stories3m/tokenizer.json");
  const path folder = assets() / "tokenizers";
  register_all("llama2.model", folder / "llama_tokenizer32k.model");
  register_all("llama2.bin", folder / "tokenizer32k.bin");
  register_all("llama2.gguf", folder / "llama.cpp-vocab/ggml-vocab-llama-spm.gguf");
  register_all("llama3.json", folder / "llama3_tokenizer.json");
  register_all("llama3.gguf", folder / "llama.cpp-vocab/ggml-vocab-llama-bpe.gguf");
  benchmark::RunSpecifiedBenchmarks();
}
