#include "models/tokenizer/added_tokens.hpp"

#include <cassert>
#include <utility>

namespace snnsim::models {

void AddedTokens::add(std::string content, TokenId id) {
  assert(!content.empty());
  first_bytes_[static_cast<unsigned char>(content.front())] = true;
  tokens_.insert_or_assign(std::move(content), id);
}

std::optional<AddedTokens::Match> AddedTokens::find(std::string_view text, std::size_t from) const {
  for (std::size_t i = from; i < text.size(); ++i) {
    if (!first_bytes_[static_cast<unsigned char>(text[i])]) continue;
    for (const auto& [content, id] : tokens_) {
      if (text.substr(i).starts_with(content)) return Match{.begin = i, .end = i + content.size(), .id = id};
    }
  }
  return std::nullopt;
}

}  // namespace snnsim::models
