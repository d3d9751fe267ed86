#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::tests {

/// One id a byte: the byte's value; BOS is 256 (if it has one), EOS 257. What a protocol does to a text can be read off
/// the ids.
class ByteTokenizer final : public models::Tokenizer {
 public:
  explicit ByteTokenizer(bool has_bos = true) : has_bos_(has_bos) {}

  std::vector<models::TokenId> encode(std::string_view text, bool bos) const override {
    std::vector<models::TokenId> ids;
    if (bos && has_bos_) ids.push_back(256);
    for (const char c : text) ids.push_back(static_cast<unsigned char>(c));
    return ids;
  }
  std::string decode_piece(models::TokenId, models::TokenId id) const override { return {static_cast<char>(id)}; }
  std::size_t vocabulary_size() const override { return 258; }
  models::TokenId bos() const override { return has_bos_ ? 256 : -1; }
  models::TokenId eos() const override { return 257; }
  std::string description() const override { return "bytes"; }

 private:
  bool has_bos_;
};

}  // namespace snnsim::tests
