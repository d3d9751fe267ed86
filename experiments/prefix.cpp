#include "experiments/prefix.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"

namespace snnsim::experiments {

Prefix::Prefix(TokenIds tokens, const models::DenseModel& dense) : own_(0), tokens_(std::move(tokens)) {
  const std::size_t vocabulary = dense.config().vocabulary_size;
  for (const models::TokenId id : tokens_)
    if (id < 0 || static_cast<std::size_t>(id) >= vocabulary)
      throw ConfigurationError(
          fmt::format("quantization.prefix_tokens: id {} is outside the vocabulary of {}", id, vocabulary),
          fmt::format("give ids of 0..{}", vocabulary - 1));
  auto sequence = std::make_shared<models::DenseSequence>(dense);
  sequence->append(tokens_);
  sequence_ = std::move(sequence);
}

Lead Prefix::lead(std::span<const models::TokenId> inputs) const {
  if (tokens_.empty()) return {.offset = 0, .own = std::min(own_, inputs.size())};
  const std::size_t own = !inputs.empty() && inputs.front() == tokens_.back() ? 1 : 0;
  return {.offset = tokens_.size() - own, .own = own};
}

TokenIds Prefix::with(std::span<const models::TokenId> inputs) const {
  TokenIds ids(tokens_.begin(), tokens_.begin() + static_cast<std::ptrdiff_t>(lead(inputs).offset));
  ids.insert(ids.end(), inputs.begin(), inputs.end());
  return ids;
}

std::vector<TokenIds> sequences_behind(const Prefix& prefix, const std::vector<TokenIds>& sequences) {
  std::vector<TokenIds> whole;
  whole.reserve(sequences.size());
  for (const TokenIds& ids : sequences) whole.push_back(prefix.with(ids));
  return whole;
}

ResolvedPrefix resolve_prefix(const PrefixTokens& wanted, const models::DenseModel& dense,
                              const std::function<PrefixSearch()>& search) {
  if (!wanted.ids.empty()) return {Prefix(wanted.ids, dense), {}};
  if (!wanted.search) return {Prefix(wanted.count.value_or(1)), {}};
  PrefixSearch found = search();
  Prefix prefix = found.tokens.empty() ? Prefix() : Prefix(found.tokens, dense);
  return {std::move(prefix), std::move(found)};
}

Matrix<float> own_outputs(const Lead& lead, const Matrix<float>& source, const Matrix<float>& network) {
  Matrix<float> own(network.rows() - lead.offset, network.columns());
  for (std::size_t r = 0; r < own.rows(); ++r)
    std::copy_n((r < lead.own ? source : network).row(lead.offset + r), own.columns(), own.row(r));
  return own;
}

}  // namespace snnsim::experiments
