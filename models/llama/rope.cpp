#include "models/llama/rope.hpp"

#include <cmath>

namespace snnsim::models {

Rope::Rope(const LlamaConfig& config)
    : dim_(config.head_dim), layout_(config.rope_layout), frequencies_(config.head_dim / 2) {
  for (std::size_t i = 0; i < frequencies_.size(); ++i) {
    frequencies_[i] =
        std::pow(static_cast<double>(config.rope_theta), -2.0 * static_cast<double>(i) / static_cast<double>(dim_));
    if (!config.rope_divisors.empty()) frequencies_[i] /= static_cast<double>(config.rope_divisors[i]);
  }
}

void Rope::apply(std::size_t position, std::span<float> row) const {
  const std::size_t half = dim_ / 2;
  for (std::size_t i = 0; i < half; ++i) {
    const double angle = static_cast<double>(position) * frequencies_[i];
    const auto cosine = static_cast<float>(std::cos(angle)), sine = static_cast<float>(std::sin(angle));
    const std::size_t first = layout_ == RopeLayout::halves ? i : 2 * i;
    const std::size_t second = layout_ == RopeLayout::halves ? i + half : 2 * i + 1;
    for (std::size_t head = 0; head + dim_ <= row.size(); head += dim_) {
      const float a = row[head + first], b = row[head + second];
      row[head + first] = a * cosine - b * sine;
      row[head + second] = a * sine + b * cosine;
    }
  }
}

}  // namespace snnsim::models
