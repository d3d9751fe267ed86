#include "models/tokenizer/tokenizer_json_parts.hpp"

#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/llama_tensors.hpp"

namespace snnsim::models {
namespace {

using nlohmann::json;

TokenId read_id(const json& id, const std::string& piece, const JsonFields& fields) {
  if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= largest_vocabulary) {
    fields.fail(fmt::format("the id of {} is {}", in_quotes(piece), in_quotes(id.dump())));
  }
  return id.get<TokenId>();
}

AddedToken read_added_token(const json& entry, const std::string& file, const std::string& remedy) {
  const JsonFields fields(entry, file + " (added_tokens)", remedy);
  AddedToken token;
  token.content = fields.text("content", "");
  token.normalized = fields.flag("normalized", false);
  if (token.content.empty()) fields.fail("a token has no content");
  token.id = read_id(fields.at("id"), token.content, fields);
  token.surroundings = {.single_word = fields.flag("single_word", false),
                        .lstrip = fields.flag("lstrip", false),
                        .rstrip = fields.flag("rstrip", false)};
  return token;
}

std::vector<AddedToken> read_added_tokens(const JsonFields& whole, const std::string& remedy) {
  std::vector<AddedToken> tokens;
  if (!whole.has("added_tokens")) return tokens;
  const json& list = whole.at("added_tokens");
  if (!list.is_array()) whole.fail("added_tokens is no list");
  for (const json& entry : list) tokens.push_back(read_added_token(entry, whole.file(), remedy));
  return tokens;
}

/// A few ids may have no piece; many would be a damaged file.
void place(JsonVocabulary& vocabulary, const std::string& piece, TokenId id, bool in_model, const JsonFields& model) {
  if (piece.empty()) model.fail("a piece is empty");
  const auto index = static_cast<std::size_t>(id);
  const std::size_t count = vocabulary.ids.size();
  if (index >= 2 * count)
    model.fail(fmt::format("the id of {} is {} in a vocabulary of {}", in_quotes(piece), id, count));
  if (index >= vocabulary.pieces.size()) {
    vocabulary.pieces.resize(index + 1);
    vocabulary.in_model.resize(index + 1);
  }
  std::string& entry = vocabulary.pieces[index];
  if (!entry.empty()) model.fail(fmt::format("{} and {} have the same id", in_quotes(entry), in_quotes(piece)));
  entry = piece;
  vocabulary.in_model[index] = in_model;
}

void read_pieces(JsonVocabulary& vocabulary, const JsonFields& model) {
  const json& pieces = model.at("vocab");
  if (!pieces.is_object()) model.fail("vocab is missing");
  for (const auto& [piece, id] : pieces.items()) vocabulary.ids.emplace(piece, read_id(id, piece, model));
  const auto in_model = vocabulary.ids;
  for (const AddedToken& token : vocabulary.added) {
    const auto [entry, fresh] = vocabulary.ids.emplace(token.content, token.id);
    if (entry->second != token.id) model.fail(fmt::format("{} has two ids", in_quotes(token.content)));
  }
  for (const auto& [piece, id] : vocabulary.ids) place(vocabulary, piece, id, in_model.contains(piece), model);
}

TokenId id_of(const std::string& piece, const JsonVocabulary& vocabulary, const JsonFields& model) {
  const TokenId id = vocabulary.find(piece);
  if (id < 0) model.fail(fmt::format("the vocabulary lacks {}", in_quotes(piece)));
  return id;
}

/// The two halves of a merge, written "a b" or ["a", "b"].
std::pair<std::string, std::string> halves(const json& merge, const JsonFields& model) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  }
  const std::string text = merge.is_string() ? merge.get<std::string>() : "";
  const std::size_t middle = text.find(' ');
  if (middle == std::string::npos) model.fail(fmt::format("the merge {} is no pair", in_quotes(merge.dump())));
  return {text.substr(0, middle), text.substr(middle + 1)};
}

void read_merges(JsonVocabulary& vocabulary, const JsonFields& model) {
  const json& list = model.at("merges");
  if (!list.is_array()) model.fail("merges are missing");
  vocabulary.merges.reserve(list.size());
  for (const json& entry : list) {
    const auto [left, right] = halves(entry, model);
    vocabulary.merges.push_back({.left = id_of(left, vocabulary, model),
                                 .right = id_of(right, vocabulary, model),
                                 .merged = id_of(left + right, vocabulary, model),
                                 .rank = static_cast<std::uint32_t>(vocabulary.merges.size())});
  }
}

/// The token that a template puts before a single text; "": none, nothing: there is no template.
std::optional<std::string> first_of_template(const json& processor) {
  if (!processor.is_object()) return std::nullopt;
  const auto type = processor.find("type");
  if (type == processor.end()) return std::nullopt;
  if (*type == "Sequence") {
    const auto steps = processor.find("processors");
    if (steps == processor.end() || !steps->is_array()) return std::nullopt;
    for (const json& step : *steps) {
      if (step.is_object() && step.value("type", json()) == "TemplateProcessing") return first_of_template(step);
    }
  }
  if (*type != "TemplateProcessing") return std::nullopt;
  const auto single = processor.find("single");
  if (single == processor.end() || !single->is_array() || single->empty() || !single->front().is_object()) return "";
  const auto special = single->front().find("SpecialToken");
  if (special == single->front().end() || !special->is_object()) return "";
  const auto id = special->find("id");
  return id != special->end() && id->is_string() ? id->get<std::string>() : "";
}

TokenId first_known(const JsonVocabulary& vocabulary, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const TokenId id = vocabulary.find(name); id >= 0) return id;
  }
  return -1;
}

TokenId named(const std::string& token, const JsonVocabulary& vocabulary, const JsonFields& whole) {
  if (token.empty()) return -1;
  const TokenId id = vocabulary.find(token);
  if (id < 0) whole.fail(fmt::format("the vocabulary lacks {}, which stands for no text", in_quotes(token)));
  return id;
}

}  // namespace

TokenId JsonVocabulary::find(const std::string& piece) const {
  const auto found = ids.find(piece);
  return found == ids.end() ? -1 : found->second;
}

JsonVocabulary read_json_vocabulary(const JsonFields& whole, const JsonFields& model, const std::string& remedy) {
  JsonVocabulary vocabulary;
  vocabulary.added = read_added_tokens(whole, remedy);
  read_pieces(vocabulary, model);
  read_merges(vocabulary, model);
  return vocabulary;
}

SpecialIds read_special_ids(const JsonFields& whole, const JsonVocabulary& vocabulary, const TokenizerConfig& config,
                            bool adds_bos) {
  const std::optional<std::string> first = first_of_template(whole.at("post_processor"));
  SpecialIds special;
  if (config.bos_token) {
    special.bos = named(*config.bos_token, vocabulary, whole);
  } else if (first && !first->empty()) {
    special.bos = named(*first, vocabulary, whole);
  } else {
    special.bos = first_known(vocabulary, {"<s>", "<|begin_of_text|>", "<bos>", "<|endoftext|>"});
  }
  special.eos = config.eos_token ? named(*config.eos_token, vocabulary, whole)
                                 : first_known(vocabulary, {"</s>", "<|end_of_text|>", "<eos>", "<|endoftext|>"});
  if (first) adds_bos = !first->empty();
  special.adds_bos = config.add_bos_token.value_or(adds_bos) && special.bos >= 0;
  return special;
}

}  // namespace snnsim::models
