#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "experiments/evaluation/segment.hpp"
#include "experiments/experiment.hpp"
#include "experiments/prefix_search.hpp"

namespace snnsim::experiments {

/// What is in full precision at the head of a sequence.
struct Lead {
  std::size_t offset = 0;  // positions in front of the sequence's own
  std::size_t own = 0;     // and of its own
  std::size_t positions() const { return offset + own; }
};

/// quantization.prefix_tokens for a model: so many leading positions of every sequence, or tokens that are put in front
/// of it (PrefixQuant, Chen et al. 2024). Those run once, in full precision, in the dense model; every sequence of QANN
/// and spiking network starts with their keys and values, at positions 0, 1, …, and its own follow. A sequence that
/// begins with the last of the tokens (BOS) uses that one as its own. The dense model that is compared with has no
/// tokens in front.
class Prefix {
 public:
  /// Leading positions of a sequence.
  explicit Prefix(std::size_t own = 1) : own_(own) {}
  /// Tokens in front. Throws ConfigurationError for an id outside the vocabulary.
  Prefix(TokenIds tokens, const models::DenseModel& dense);

  const TokenIds& tokens() const { return tokens_; }
  Lead lead(std::span<const models::TokenId> inputs) const;
  /// Full-precision positions of a sequence that is long enough.
  std::size_t positions() const { return tokens_.empty() ? own_ : tokens_.size(); }
  /// Where keys, values and outputs of the lead are; `dense`: the dense model after the sequence alone.
  const models::DenseSequence& source(const Lead& lead, const models::DenseSequence& dense) const {
    return lead.offset > 0 ? *sequence_ : dense;
  }
  /// The ids of the whole sequence.
  TokenIds with(std::span<const models::TokenId> inputs) const;

 private:
  std::size_t own_;
  TokenIds tokens_;
  std::shared_ptr<const models::DenseSequence> sequence_;
};

/// Each sequence behind the prefix.
std::vector<TokenIds> sequences_behind(const Prefix& prefix, const std::vector<TokenIds>& sequences);

/// The prefix that an experiment asks for, and how it was found.
struct ResolvedPrefix {
  Prefix prefix;
  std::optional<PrefixSearch> search;  // prefix_tokens: "search"
};

/// `search` is called for "search"; when it finds no tokens, the prefix is that of "auto".
ResolvedPrefix resolve_prefix(const PrefixTokens& wanted, const models::DenseModel& dense,
                              const std::function<PrefixSearch()>& search);

/// The output of a network at the sequence's own positions: from `lead.own` on that of `network` (lead.offset +
/// positions × hidden), before it that of the full-precision `source`.
Matrix<float> own_outputs(const Lead& lead, const Matrix<float>& source, const Matrix<float>& network);

}  // namespace snnsim::experiments
