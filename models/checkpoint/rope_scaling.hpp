#pragma once

#include <cstddef>
#include <vector>

namespace snnsim::models {

/// LLaMA 3.1's scaling: frequencies whose wavelength is longer than original_context / low_freq_factor are divided by
/// `factor`, those shorter than original_context / high_freq_factor are kept, and between them the two are blended.
struct Llama3Scaling {
  double factor = 8, low_freq_factor = 1, high_freq_factor = 4;
  double original_context = 8192;
};

/// What each rotary frequency theta^(-2i/head_dim) is divided by; (head_dim / 2).
std::vector<float> llama3_divisors(const Llama3Scaling& scaling, double theta, std::size_t head_dim);

}  // namespace snnsim::models
