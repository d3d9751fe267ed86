#include "models/synthesis/synthetic_tokenizer.hpp"

#include <cassert>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace snnsim::models {

namespace {

using nlohmann::json;

constexpr const char* kSpace = "\u2581";

/// Pieces by id, and what is merged to make the later ones.
class Vocabulary {
 public:
  explicit Vocabulary(std::size_t size) : size_(size) {
    for (const char* control : {"<unk>", "<s>", "</s>"}) pieces_.emplace_back(control);
    for (int byte = 0; byte < 256; ++byte) pieces_.push_back(fmt::format("<0x{:02X}>", byte));
    pieces_.emplace_back(kSpace);
    for (char c = '!'; c <= '~' && !full(); ++c) pieces_.emplace_back(1, c);
    std::vector<std::string> words{kSpace};
    for (char c = 'a'; c <= 'z'; ++c) words.emplace_back(1, c);
    while (!full()) words = longer(words);
  }

  json ids() const {
    json ids = json::object();
    for (std::size_t id = 0; id < pieces_.size(); ++id) ids[pieces_[id]] = id;
    return ids;
  }
  const json& merges() const { return merges_; }

 private:
  bool full() const { return pieces_.size() == size_; }

  std::vector<std::string> longer(const std::vector<std::string>& words) {
    std::vector<std::string> result;
    for (const std::string& word : words)
      for (char c = 'a'; c <= 'z' && !full(); ++c) {
        result.push_back(word + c);
        pieces_.push_back(result.back());
        merges_.push_back(fmt::format("{} {}", word, c));
      }
    return result;
  }

  std::size_t size_;
  std::vector<std::string> pieces_;
  json merges_ = json::array();
};

json control(int id, const char* content) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

json replace(const char* from, const char* to) {
  return {{"type", "Replace"}, {"pattern", {{"String", from}}}, {"content", to}};
}

json post_processor() {
  const json bos = {{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}};
  const json text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}},
             other = {{"Sequence", {{"id", "B"}, {"type_id", 1}}}};
  return {{"type", "TemplateProcessing"},
          {"single", json::array({bos, text})},
          {"pair", json::array({bos, text, other})},
          {"special_tokens", {{"<s>", {{"id", "<s>"}, {"ids", {1}}, {"tokens", {"<s>"}}}}}}};
}

}  // namespace

std::string synthetic_tokenizer(std::size_t vocabulary) {
  assert(vocabulary >= kLeastSyntheticVocabulary);
  const Vocabulary pieces(vocabulary);
  const json document = {
      {"version", "1.0"},
      {"truncation", nullptr},
      {"padding", nullptr},
      {"added_tokens", json::array({control(0, "<unk>"), control(1, "<s>"), control(2, "</s>")})},
      {"normalizer",
       {{"type", "Sequence"},
        {"normalizers", json::array({json{{"type", "Prepend"}, {"prepend", kSpace}}, replace(" ", kSpace)})}}},
      {"pre_tokenizer", nullptr},
      {"post_processor", post_processor()},
      {"decoder",
       {{"type", "Sequence"},
        {"decoders", json::array({replace(kSpace, " "), json{{"type", "ByteFallback"}}, json{{"type", "Fuse"}},
                                  json{{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}})}}},
      {"model",
       {{"type", "BPE"},
        {"dropout", nullptr},
        {"unk_token", "<unk>"},
        {"continuing_subword_prefix", nullptr},
        {"end_of_word_suffix", nullptr},
        {"fuse_unk", true},
        {"byte_fallback", true},
        {"vocab", pieces.ids()},
        {"merges", pieces.merges()}}}};
  return document.dump(1) + "\n";
}

}  // namespace snnsim::models
