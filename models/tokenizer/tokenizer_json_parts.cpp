#include "models/tokenizer/tokenizer_json_parts.hpp"

#include <cstdint>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "models/checkpoint/in_quotes.hpp"
#include "models/checkpoint/json_fields.hpp"

namespace snnsim::models {
namespace {

using nlohmann::json;
using Ids = std::unordered_map<std::string, TokenId>;

constexpr const char* remedy =
    "give a tokenizer.json of the LLaMA-2 kind (model BPE with byte_fallback, normalizer Prepend and Replace, no "
    "pre_tokenizer) or a llama2.c tokenizer.bin; byte-level ones are not read";

bool is_space_replacement(const json& step) {
  const json expected = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", written_space}};
  return step == expected;
}

bool is_prepend(const json& step) {
  return step == json{{"type", "Prepend"}, {"prepend", written_space}};
}

/// Whether the normalizer puts a space in front of the text.
bool read_normalizer(const JsonFields& fields) {
  const json& given = fields.at("normalizer");
  const bool sequence = given.is_object() && given.value("type", json()) == "Sequence";
  const json steps = sequence ? given.value("normalizers", json::array()) : json::array({given});
  bool prepends = false;
  bool replaces = false;
  for (const json& step : steps) {
    if (is_space_replacement(step)) {
      replaces = true;
    } else if (is_prepend(step)) {
      prepends = true;
    } else {
      fields.fail(fmt::format("the normalizer's step {} is of another kind", in_quotes(step.dump())));
    }
  }
  if (!replaces) fields.fail("the normalizer does not write spaces as U+2581");
  return prepends;
}

void check_kind(const JsonFields& fields, const JsonFields& model) {
  if (fields.has("pre_tokenizer")) {
    const JsonFields pre_tokenizer(fields.at("pre_tokenizer"), fields.file(), remedy);
    fields.fail(fmt::format("it has a pre_tokenizer ({})", in_quotes(pre_tokenizer.text("type", ""))));
  }
  if (const std::string type = model.text("type", "BPE"); type != "BPE") {
    model.fail(fmt::format("the type is {}", in_quotes(type)));
  }
  if (!model.flag("byte_fallback", false)) model.fail("byte_fallback is not set");
  if (model.flag("ignore_merges", false)) model.fail("ignore_merges is set");
  if (model.has("dropout")) model.fail("dropout is set, so that encoding would be random");
  for (const char* affix : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!model.text(affix, "").empty()) model.fail(fmt::format("{} is set", affix));
  }
}

TokenId read_id(const json& id, const std::string& piece, const JsonFields& fields) {
  constexpr std::uint64_t limit = std::numeric_limits<TokenId>::max();
  if (!id.is_number_unsigned() || id.get<std::uint64_t>() > limit) {
    fields.fail(fmt::format("the id of {} is {}", in_quotes(piece), in_quotes(id.dump())));
  }
  return id.get<TokenId>();
}

AddedToken read_added_token(const json& entry, const std::string& file) {
  const JsonFields fields(entry, file + " (added_tokens)", remedy);
  AddedToken token{.content = fields.text("content", ""), .normalized = fields.flag("normalized", false)};
  if (token.content.empty()) fields.fail("a token has no content");
  token.id = read_id(fields.at("id"), token.content, fields);
  for (const char* option : {"single_word", "lstrip", "rstrip"}) {
    if (fields.flag(option, false)) fields.fail(fmt::format("{} has {}", in_quotes(token.content), option));
  }
  return token;
}

std::vector<AddedToken> read_added_tokens(const JsonFields& fields, const std::string& file) {
  std::vector<AddedToken> tokens;
  if (!fields.has("added_tokens")) return tokens;
  const json& list = fields.at("added_tokens");
  if (!list.is_array()) fields.fail("added_tokens is no list");
  for (const json& entry : list) tokens.push_back(read_added_token(entry, file));
  return tokens;
}

std::vector<std::string> by_id(const Ids& ids, const JsonFields& model) {
  std::vector<std::string> pieces(ids.size());
  for (const auto& [piece, id] : ids) {
    const auto place = static_cast<std::size_t>(id);
    if (piece.empty()) model.fail("a piece is empty");
    if (place >= pieces.size()) {
      model.fail(fmt::format("the id of {} is {} in a vocabulary of {}", in_quotes(piece), id, pieces.size()));
    }
    std::string& entry = pieces[place];
    if (!entry.empty()) model.fail(fmt::format("{} and {} have the same id", in_quotes(entry), in_quotes(piece)));
    entry = piece;
  }
  return pieces;
}

/// Pieces by id: those of the model and the added ones together are 0..n-1.
std::vector<std::string> read_pieces(const JsonFields& model, const std::vector<AddedToken>& added) {
  const json& vocabulary = model.at("vocab");
  if (!vocabulary.is_object()) model.fail("vocab is missing");
  Ids ids;
  for (const auto& [piece, id] : vocabulary.items()) ids.emplace(piece, read_id(id, piece, model));
  for (const AddedToken& token : added) {
    const auto [entry, fresh] = ids.emplace(token.content, token.id);
    if (entry->second != token.id) model.fail(fmt::format("{} has two ids", in_quotes(token.content)));
  }
  return by_id(ids, model);
}

Ids ids_of(const std::vector<std::string>& pieces) {
  Ids ids;
  for (std::size_t id = 0; id < pieces.size(); ++id) ids.emplace(pieces[id], static_cast<TokenId>(id));
  return ids;
}

TokenId id_of(const std::string& piece, const Ids& ids, const JsonFields& fields) {
  const auto found = ids.find(piece);
  if (found == ids.end()) fields.fail(fmt::format("the vocabulary lacks {}", in_quotes(piece)));
  return found->second;
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

std::vector<Merge> read_merges(const JsonFields& model, const Ids& ids) {
  const json& list = model.at("merges");
  if (!list.is_array()) model.fail("merges are missing");
  std::vector<Merge> merges;
  merges.reserve(list.size());
  for (const json& entry : list) {
    const auto [left, right] = halves(entry, model);
    merges.push_back({.left = id_of(left, ids, model),
                      .right = id_of(right, ids, model),
                      .merged = id_of(left + right, ids, model),
                      .rank = static_cast<std::uint32_t>(merges.size())});
  }
  return merges;
}

}  // namespace

TokenizerParts read_tokenizer_parts(std::string_view text, const std::string& file) {
  const json whole = parse_json(text, file, remedy);
  const JsonFields fields(whole, file, remedy);
  const JsonFields model(fields.at("model"), file + " (model)", remedy);
  check_kind(fields, model);
  TokenizerParts parts;
  parts.prepends_space = read_normalizer(fields);
  parts.added = read_added_tokens(fields, file);
  parts.pieces = read_pieces(model, parts.added);
  const Ids ids = ids_of(parts.pieces);
  parts.merges = read_merges(model, ids);
  parts.bos = id_of("<s>", ids, model);
  parts.eos = id_of("</s>", ids, model);
  return parts;
}

}  // namespace snnsim::models
