#include "experiments/perplexity.hpp"

#include <cmath>

namespace snnsim::experiments {

void Perplexity::add(const Likelihood& segment, std::uint64_t tokens, std::uint64_t words) {
  sum_.nll += segment.nll;
  sum_.nll_squared += segment.nll_squared;
  segment_means_ += segment.nll / static_cast<double>(tokens);
  tokens_ += tokens;
  words_ += words;
  ++segments_;
}

double Perplexity::value(Protocol protocol) const {
  switch (protocol) {
    case Protocol::gptq:
    case Protocol::c4:
    case Protocol::c4_new:
      return std::exp(segment_means_ / static_cast<double>(segments_));
    case Protocol::lm_eval:
      return std::exp(sum_.nll / static_cast<double>(words_));
    case Protocol::documents:
    case Protocol::llama_cpp:
      break;
  }
  return std::exp(sum_.nll / static_cast<double>(tokens_));
}

double Perplexity::standard_error(Protocol protocol) const {
  const auto n = static_cast<double>(tokens_);
  const double mean = sum_.nll / n;
  const double variance = sum_.nll_squared / n - mean * mean;
  const double predictions_per_unit = protocol == Protocol::lm_eval ? n / static_cast<double>(words_) : 1;
  // Rounding may leave a little below zero; a NaN must stay one.
  return value(protocol) * predictions_per_unit * std::sqrt((variance < 0 ? 0 : variance) / (n - 1));
}

}  // namespace snnsim::experiments
