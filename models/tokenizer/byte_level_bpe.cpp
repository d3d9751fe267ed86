#include "models/tokenizer/byte_level_bpe.hpp"

#include <utility>

#include "models/tokenizer/pair_merger.hpp"

namespace snnsim::models {

ByteLevelBpe::ByteLevelBpe(ByteLevelTables tables) : tables_(std::move(tables)), merges_(tables_.merges) {
  bytes_.fill(-1);
  for (std::size_t id = 0; id < tables_.symbols.size(); ++id) {
    const std::string& symbol = tables_.symbols[id];
    if (symbol.empty()) continue;
    if (id < tables_.pieces) pieces_.emplace(symbol, static_cast<TokenId>(id));
    if (symbol.size() == 1) bytes_[static_cast<unsigned char>(symbol.front())] = static_cast<TokenId>(id);
  }
  tables_.merges = {};
}

void ByteLevelBpe::encode(const std::vector<std::string_view>& words, std::vector<TokenId>& ids) const {
  PairMerger merger(merges_, none_undone_);
  WordCache cache;
  std::vector<TokenId> symbols;
  const auto encode_word = [&](std::string_view word, std::vector<TokenId>& out) {
    if (tables_.ignore_merges) {
      if (const auto whole = pieces_.find(word); whole != pieces_.end()) return out.push_back(whole->second);
    }
    symbols.clear();
    for (const char byte : word) {
      const TokenId symbol = bytes_[static_cast<unsigned char>(byte)];
      if (symbol >= 0 || tables_.unknown >= 0) symbols.push_back(symbol >= 0 ? symbol : tables_.unknown);
    }
    merger.merge(symbols);
    append_pieces(symbols, out);
  };
  for (const std::string_view word : words) cache.append(word, ids, encode_word);
}

void ByteLevelBpe::append_pieces(const std::vector<TokenId>& symbols, std::vector<TokenId>& ids) const {
  for (const TokenId symbol : symbols) {
    if (static_cast<std::size_t>(symbol) < tables_.pieces) {
      ids.push_back(symbol);
      continue;
    }
    for (const char byte : tables_.symbols[static_cast<std::size_t>(symbol)]) {
      const TokenId piece = bytes_[static_cast<unsigned char>(byte)];
      if (piece >= 0 && static_cast<std::size_t>(piece) < tables_.pieces) ids.push_back(piece);
    }
  }
}

}  // namespace snnsim::models
