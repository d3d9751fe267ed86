#include "models/checkpoint/rope_scaling.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace snnsim::models {

std::vector<float> llama3_divisors(const Llama3Scaling& scaling, double theta, std::size_t head_dim) {
  std::vector<float> divisors(head_dim / 2);
  for (std::size_t i = 0; i < divisors.size(); ++i) {
    const double wavelength =
        2 * std::numbers::pi * std::pow(theta, 2 * static_cast<double>(i) / static_cast<double>(head_dim));
    const double turns = scaling.original_context / wavelength;
    const double share = (turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor);
    const double kept = std::clamp(share, 0.0, 1.0);
    divisors[i] = static_cast<float>(1 / ((1 - kept) / scaling.factor + kept));
  }
  return divisors;
}

}  // namespace snnsim::models
