#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include "models/checkpoint/json_fields.hpp"
#include "models/tokenizer/added_tokens.hpp"
#include "models/tokenizer/merge_table.hpp"
#include "models/tokenizer/tokenizer_config.hpp"

namespace snnsim::models {

/// A token that is found in the text as it is written, before any merge.
struct AddedToken {
  std::string content;
  TokenId id = 0;
  bool normalized = false;  // found in the normalized text, as its own normalized content
  TokenSurroundings surroundings;
};

/// The vocabulary of a tokenizer.json, checked: every id has one piece at most, merges join pieces of the model into
/// one.
struct JsonVocabulary {
  std::vector<std::string> pieces;  // by id, as they are written; "": no piece has this id
  std::vector<bool> in_model;       // false: an added token only
  std::vector<Merge> merges;
  std::vector<AddedToken> added;
  std::unordered_map<std::string, TokenId> ids;  // of model and added tokens

  /// -1 if there is none.
  TokenId find(const std::string& piece) const;
};

/// Reads model.vocab, model.merges and added_tokens. Throws DataError.
JsonVocabulary read_json_vocabulary(const JsonFields& whole, const JsonFields& model, const std::string& remedy);

/// bos and eos by tokenizer_config.json, else by the post_processor's template, else by the names that models use;
/// `adds_bos` where neither of the first two says whether bos comes before a text.
SpecialIds read_special_ids(const JsonFields& whole, const JsonVocabulary& vocabulary, const TokenizerConfig& config,
                            bool adds_bos);

}  // namespace snnsim::models
