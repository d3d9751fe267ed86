#include "models/tokenizer/tokenizer_json.hpp"

#include <utility>

#include <fmt/format.h>

#include "models/checkpoint/in_quotes.hpp"
#include "models/tokenizer/added_tokens.hpp"
#include "models/tokenizer/byte_alphabet.hpp"
#include "models/tokenizer/byte_level_tokenizer.hpp"
#include "models/tokenizer/sentencepiece_tokenizer.hpp"
#include "models/tokenizer/tokenizer_json_parts.hpp"
#include "models/tokenizer/tokenizer_json_steps.hpp"
#include "models/tokenizer/utf8.hpp"

namespace snnsim::models {
namespace {

const std::string remedy =
    "give a tokenizer.json with a model BPE: LLaMA-2's kind (byte_fallback, spaces written by Prepend and Replace or "
    "by "
    "Metaspace) or byte-level (pre_tokenizer of Split, Digits, Punctuation and ByteLevel), a SentencePiece .model, or "
    "a "
    "GGUF file";

CharacterBpeTables character_tables(const JsonVocabulary& vocabulary, const std::string& file) {
  CharacterBpeTables tables;
  tables.symbols = vocabulary.pieces;
  tables.pieces = vocabulary.pieces.size();
  tables.merges = vocabulary.merges;
  tables.byte_pieces = find_byte_pieces(vocabulary.pieces, file);
  tables.space = written_space;
  for (std::size_t id = 0; id < tables.pieces; ++id) {
    if (!vocabulary.in_model[id]) tables.symbols[id].clear();
  }
  return tables;
}

std::vector<std::string> decoded_pieces(const std::vector<std::string>& pieces) {
  std::vector<std::string> texts;
  texts.reserve(pieces.size());
  for (const std::string& piece : pieces) texts.push_back(decoded_piece(piece, written_space));
  return texts;
}

/// LLaMA-2's kind.
class CharacterTokenizer final : public SentencePieceTokenizer {
 public:
  CharacterTokenizer(const JsonVocabulary& vocabulary, SpaceRules rules, SpecialIds special, const std::string& file)
      : SentencePieceTokenizer(character_tables(vocabulary, file), decoded_pieces(vocabulary.pieces), special,
                               rules.prefix != SpacePrefix::never),
        rules_(rules) {
    for (const AddedToken& token : vocabulary.added) {
      const bool prefix = rules_.prefix == SpacePrefix::always;
      const std::string written =
          rules_.late ? token.content : with_written_spaces(token.content, written_space, prefix);
      if (token.normalized) {
        normalized_.add(written, token.id, token.surroundings);
      } else {
        literal_.add(token.content, token.id, token.surroundings);
      }
    }
  }

  std::vector<TokenId> encode(std::string_view text, bool with_bos) const override {
    require_utf8(text);
    std::vector<TokenId> ids = start(with_bos);
    split_at_added_tokens(
        text, literal_, [&](std::string_view part) { encode_part(part, part.data() == text.data(), ids); },
        [&](TokenId id) { ids.push_back(id); });
    return ids;
  }
  std::string description() const override { return "tokenizer.json (BPE, byte fallback)"; }

 private:
  bool prefixes(std::string_view part, bool first) const {
    if (rules_.prefix == SpacePrefix::first_unless_there && !first) return false;
    if (rules_.prefix == SpacePrefix::always) return true;
    return rules_.prefix != SpacePrefix::never && !part.starts_with(' ') && !part.starts_with(written_space);
  }

  void encode_part(std::string_view part, bool first, std::vector<TokenId>& ids) const {
    const auto written = [&](std::string_view text, bool at_start) {
      return with_written_spaces(text, written_space, prefixes(text, at_start));
    };
    const auto token = [&](TokenId id) { ids.push_back(id); };
    if (rules_.late) {
      const auto plain = [&](std::string_view text) {
        encode_written(written(text, first && text.data() == part.data()), ids);
      };
      return split_at_added_tokens(part, normalized_, plain, token);
    }
    split_at_added_tokens(
        written(part, first), normalized_, [&](std::string_view text) { encode_written(text, ids); }, token);
  }

  void encode_written(std::string_view text, std::vector<TokenId>& ids) const {
    while (!text.empty()) {
      const std::size_t next = rules_.splits ? text.find(written_space, 1) : std::string_view::npos;
      bpe().encode(text.substr(0, next), ids);
      text.remove_prefix(std::min(next, text.size()));
    }
  }

  SpaceRules rules_;
  AddedTokens literal_;     // found in the text as given
  AddedTokens normalized_;  // found in the normalized text
};

ByteLevelTables byte_level_tables(const JsonVocabulary& vocabulary, const JsonFields& model) {
  ByteLevelTables tables;
  tables.pieces = vocabulary.pieces.size();
  for (std::size_t id = 0; id < tables.pieces; ++id) {
    const bool merged = vocabulary.in_model[id];
    tables.symbols.push_back(merged ? bytes_of_alphabet(vocabulary.pieces[id]).value_or("") : std::string());
  }
  tables.merges = vocabulary.merges;
  tables.ignore_merges = model.flag("ignore_merges", false);
  tables.unknown = vocabulary.find(model.text("unk_token", ""));
  return tables;
}

std::string normalized(std::string text, const std::vector<UnicodeForm>& forms) {
  for (const UnicodeForm form : forms) text = in_unicode_form(text, form);
  return text;
}

ByteLevelParts byte_level_parts(const JsonFields& whole, const JsonFields& model, const JsonVocabulary& vocabulary) {
  ByteLevelParts parts;
  parts.tables = byte_level_tables(vocabulary, model);
  for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) {
    const std::string& bytes = parts.tables.symbols[id];
    parts.texts.push_back(bytes.empty() ? vocabulary.pieces[id] : bytes);
  }
  parts.forms = read_unicode_forms(whole);
  for (const AddedToken& token : vocabulary.added) {
    parts.texts[static_cast<std::size_t>(token.id)] = token.content;
    if (token.normalized) {
      parts.normalized.add(normalized(token.content, parts.forms), token.id, token.surroundings);
    } else {
      parts.literal.add(token.content, token.id, token.surroundings);
    }
  }
  ByteLevelRules rules = read_byte_level_rules(whole);
  parts.rules = std::move(rules.rules);
  parts.adds_prefix_space = rules.adds_prefix_space;
  parts.description = "tokenizer.json (byte-level BPE)";
  return parts;
}

void check_model(const JsonFields& model) {
  if (const std::string type = model.text("type", "BPE"); type != "BPE") {
    model.fail(fmt::format("the type is {}", in_quotes(type)));
  }
  if (model.has("dropout")) model.fail("dropout is set, so that encoding would be random");
  for (const char* affix : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!model.text(affix, "").empty()) model.fail(fmt::format("{} is set", affix));
  }
}

void check_character_model(const JsonFields& model) {
  if (!model.flag("byte_fallback", false)) {
    model.fail("byte_fallback is not set, and the pre_tokenizer has no step ByteLevel");
  }
  if (model.flag("ignore_merges", false))
    model.fail("ignore_merges is set, and the pre_tokenizer has no step ByteLevel");
}

}  // namespace

std::unique_ptr<Tokenizer> read_tokenizer_json(std::string_view text, const std::string& file,
                                               const TokenizerConfig& config) {
  const nlohmann::json json = parse_json(text, file, remedy);
  const JsonFields whole(json, file, remedy);
  const JsonFields model(whole.at("model"), file + " (model)", remedy);
  check_model(model);
  const bool byte_level = is_byte_level(whole);
  if (!byte_level) check_character_model(model);
  const JsonVocabulary vocabulary = read_json_vocabulary(whole, model, remedy);
  const SpecialIds special = read_special_ids(whole, vocabulary, config, !byte_level);
  if (!byte_level) return std::make_unique<CharacterTokenizer>(vocabulary, read_space_rules(whole), special, file);
  ByteLevelParts parts = byte_level_parts(whole, model, vocabulary);
  parts.special = special;
  return make_byte_level_tokenizer(std::move(parts), file);
}

}  // namespace snnsim::models
