#pragma once

#include <cstdint>

#include "experiments/experiment.hpp"
#include "experiments/segment_result.hpp"

namespace snnsim::experiments {

/// Perplexity of one network on one text, from the finished segments. Sums are in the order of add().
class Perplexity {
 public:
  /// `tokens` predictions of one segment, at least one; `words` where the protocol counts them.
  void add(const Likelihood& segment, std::uint64_t tokens, std::uint64_t words = 0);

  /// documents, llama_cpp: exp(total NLL / predictions); gptq, c4, c4_new: exp(mean over segments of their mean NLL);
  /// lm_eval: exp(total NLL / words). NaN without a segment.
  double value(Protocol protocol) const;
  /// Of the perplexity, by the delta method over the n predictions: PPL sqrt((mean nll² - (mean nll)²) / (n - 1)), as
  /// llama.cpp prints it; lm_eval: times predictions per word. Predictions are taken as independent, so it is on the
  /// low side. NaN below two predictions.
  double standard_error(Protocol protocol) const;

  std::uint64_t tokens() const { return tokens_; }
  std::uint64_t words() const { return words_; }
  std::uint64_t segments() const { return segments_; }
  double nll() const { return sum_.nll; }  // Σ, nats

 private:
  Likelihood sum_;
  double segment_means_ = 0;
  std::uint64_t tokens_ = 0, words_ = 0, segments_ = 0;
};

}  // namespace snnsim::experiments
