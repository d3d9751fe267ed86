#include "experiments/perplexity.hpp"

#include <cmath>

namespace snnsim::experiments {

void Perplexity::add(const Likelihood& segment, std::uint64_t tokens) {
  sum_.nll += segment.nll;
  sum_.nll_squared += segment.nll_squared;
  segment_means_ += segment.nll / static_cast<double>(tokens);
  tokens_ += tokens;
  ++segments_;
}

double Perplexity::value(Protocol protocol) const {
  const double mean = protocol == Protocol::gptq ? segment_means_ / static_cast<double>(segments_)
                                                 : sum_.nll / static_cast<double>(tokens_);
  return std::exp(mean);
}

double Perplexity::standard_error(Protocol protocol) const {
  const auto n = static_cast<double>(tokens_);
  const double mean = sum_.nll / n;
  const double variance = sum_.nll_squared / n - mean * mean;
  // Rounding may leave a little below zero; a NaN must stay one.
  return value(protocol) * std::sqrt((variance < 0 ? 0 : variance) / (n - 1));
}

}  // namespace snnsim::experiments
