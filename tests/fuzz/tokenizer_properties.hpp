#pragma once

#include "models/tokenizer/tokenizer.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace snnsim::tests {

/// Encodes a text with words, spaces, a control token, characters of one to four bytes and a zero byte; its ids must be
/// in the vocabulary, and every id of the vocabulary must decode.
inline void check_ids(const models::Tokenizer& tokenizer) {
  using namespace std::string_view_literals;
  const auto in_vocabulary = [&](models::TokenId id) {
    return id >= 0 && static_cast<std::size_t>(id) < tokenizer.vocabulary_size();
  };
  const auto in_vocabulary_or_none = [&](models::TokenId id) { return id == -1 || in_vocabulary(id); };
  require(in_vocabulary_or_none(tokenizer.bos()) && in_vocabulary_or_none(tokenizer.eos()), "bos and eos are ids");
  const auto ids = tokenizer.encode(" a  the they<s> \n\t<0x41>aaaa\u00E9\u2581\u4F60\U0001F600\0 </s>"sv, true);
  require(std::ranges::all_of(ids, in_vocabulary), "ids are in the vocabulary");
  require(tokenizer.bos() < 0 || ids.front() == tokenizer.bos(), "bos comes first");
  tokenizer.decode(ids);
  for (std::size_t id = 0; id < tokenizer.vocabulary_size(); ++id) {
    tokenizer.decode_piece(-1, static_cast<models::TokenId>(id));
  }
}

}  // namespace snnsim::tests
