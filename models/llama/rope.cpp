#include "models/llama/rope.hpp"

#include <algorithm>
#include <cmath>

namespace snnsim::models {

Rope::Rope(const LlamaConfig& config)
    : dim_(config.head_dim), layout_(config.rope_layout), frequencies_(config.head_dim / 2) {
  for (std::size_t i = 0; i < frequencies_.size(); ++i) {
    frequencies_[i] =
        std::pow(static_cast<double>(config.rope_theta), -2.0 * static_cast<double>(i) / static_cast<double>(dim_));
    if (!config.rope_divisors.empty()) frequencies_[i] /= static_cast<double>(config.rope_divisors[i]);
  }
  kept_ = Matrix<float>(std::min(config.context_length, kMostKept), dim_);
  for (std::size_t position = 0; position < kept_.rows(); ++position) turns(position, kept_.row(position));
}

void Rope::turns(std::size_t position, float* turns) const {
  for (std::size_t i = 0; i < frequencies_.size(); ++i) {
    const double angle = static_cast<double>(position) * frequencies_[i];
    turns[i] = static_cast<float>(std::cos(angle));
    turns[frequencies_.size() + i] = static_cast<float>(std::sin(angle));
  }
}

void Rope::turn(std::size_t position, std::span<float> row, float direction) const {
  if (position < kept_.rows()) return turn(kept_.row(position), row, direction);
  std::vector<float> computed(dim_);
  turns(position, computed.data());
  turn(computed.data(), row, direction);
}

void Rope::turn(const float* turns, std::span<float> row, float direction) const {
  const std::size_t half = dim_ / 2;
  const std::size_t step = layout_ == RopeLayout::halves ? 1 : 2, apart = layout_ == RopeLayout::halves ? half : 1;
  for (std::size_t head = 0; head + dim_ <= row.size(); head += dim_)
    for (std::size_t i = 0; i < half; ++i) {
      float& first = row[head + i * step];
      float& second = row[head + i * step + apart];
      const float a = first, b = second, cosine = turns[i], sine = direction * turns[half + i];
      first = a * cosine - b * sine;
      second = a * sine + b * cosine;
    }
}

}  // namespace snnsim::models
