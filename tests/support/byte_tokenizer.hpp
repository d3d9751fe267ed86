#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::tests {

/// One id a byte: the byte's value; BOS is 256, EOS 257. What a protocol does to a text can be read off the ids.
class ByteTokenizer final : public models::Tokenizer {
 public:
  std::vector<models::TokenId> encode(std::string_view text, bool bos) const override {
    std::vector<models::TokenId> ids;
    if (bos) ids.push_back(256);
    for (const char c : text) ids.push_back(static_cast<unsigned char>(c));
    return ids;
  }
  std::string decode_piece(models::TokenId, models::TokenId id) const override { return {static_cast<char>(id)}; }
  std::size_t vocabulary_size() const override { return 258; }
  models::TokenId bos() const override { return 256; }
  models::TokenId eos() const override { return 257; }
  std::string description() const override { return "bytes"; }
};

}  // namespace snnsim::tests
