#include "models/synthesis/synthetic_weights.hpp"

#include <algorithm>
#include <cmath>

namespace snnsim::models {

namespace {

constexpr double kAnswer = 40;       // of gate and up of the massive neuron to the BOS token
constexpr double kMassive = 1000;    // what it writes, in units of the embedding's deviation
constexpr double kBosSize = 4;       // of its embedding, likewise
constexpr std::uint64_t kEnds = 16;  // numbers of streams that blocks do not use
constexpr std::uint64_t kPerBlock = 16;

/// Roughly normal, deviation 1, at most 3.5: four uniform numbers of 16 bits.
double normal(const RandomStream& random, std::uint64_t number) {
  const std::uint64_t bits = random.bits(number);
  const std::uint64_t sum = (bits & 0xFFFFU) + (bits >> 16U & 0xFFFFU) + (bits >> 32U & 0xFFFFU) + (bits >> 48U);
  return (static_cast<double>(sum) / 65536.0 - 2.0 + 2.0 / 65536.0) * 1.7320508075688772;
}

/// Different channels, drawn one after another.
std::vector<std::size_t> draw_channels(const RandomStream& random, std::size_t count, std::size_t channels) {
  std::vector<std::size_t> drawn;
  for (std::uint64_t i = 0; drawn.size() < std::min(count, channels); ++i) {
    const std::size_t channel = random.bits(i) % channels;
    if (std::ranges::find(drawn, channel) == drawn.end()) drawn.push_back(channel);
  }
  return drawn;
}

}  // namespace

SyntheticWeights::SyntheticWeights(const LlamaConfig& config, std::uint64_t seed)
    : config_(config),
      all_(seed, RandomStream::Purpose::synthetic_model),
      factor_(config.hidden_size, 1.0F),
      bos_(config.hidden_size),
      neuron_(stream(0).bits(0) % config.intermediate_size) {
  const std::size_t count = std::max<std::size_t>(2, config.hidden_size / 512);
  std::vector<std::size_t> drawn = draw_channels(stream(1), count + 2, config.hidden_size);
  massive_.assign(drawn.begin(), drawn.begin() + 2);
  outliers_.assign(drawn.begin() + 2, drawn.end());
  for (const std::size_t channel : outliers_)
    factor_[channel] = static_cast<float>(10 + 40 * stream(2).uniform(channel));
  for (std::size_t j = 0; j < bos_.size(); ++j) bos_[j] = static_cast<float>(normal(stream(3), j));
}

RandomStream SyntheticWeights::stream(std::uint64_t number) const {
  return {all_.bits(number), RandomStream::Purpose::synthetic_model};
}

SyntheticWeights::ReadRow SyntheticWeights::matrix(std::uint64_t number, std::size_t columns, double deviation,
                                                   bool behind_norm) const {
  return [=, this, random = stream(number)](std::size_t r, std::span<float> values) {
    for (std::size_t j = 0; j < columns; ++j)
      values[j] = static_cast<float>(deviation * normal(random, r * columns + j)) / (behind_norm ? factor_[j] : 1.0F);
  };
}

SyntheticWeights::ReadRow SyntheticWeights::embedding() const {
  const double deviation = 1 / std::sqrt(static_cast<double>(config_.hidden_size));
  return [this, deviation, plain = matrix(4, config_.hidden_size, deviation, false)](std::size_t r,
                                                                                     std::span<float> values) {
    plain(r, values);
    if (r != kBos) return;
    for (std::size_t j = 0; j < values.size(); ++j) values[j] = static_cast<float>(kBosSize * deviation) * bos_[j];
  };
}

SyntheticWeights::ReadRow SyntheticWeights::final_norm() const {
  return [random = stream(5)](std::size_t, std::span<float> values) {
    for (std::size_t j = 0; j < values.size(); ++j) values[j] = static_cast<float>(1 + 0.1 * normal(random, j));
  };
}

SyntheticWeights::ReadRow SyntheticWeights::lm_head() const {
  return matrix(6, config_.hidden_size, 1 / std::sqrt(static_cast<double>(config_.hidden_size)), false);
}

SyntheticWeights::ReadRow SyntheticWeights::norm(std::uint64_t number) const {
  return [this, random = stream(number)](std::size_t, std::span<float> values) {
    for (std::size_t j = 0; j < values.size(); ++j)
      values[j] = static_cast<float>(1 + 0.1 * normal(random, j)) * factor_[j];
  };
}

SyntheticWeights::ReadRow SyntheticWeights::block(std::size_t k, BlockTensor tensor) const {
  const auto place = std::ranges::find(block_tensors, tensor, &NamedBlockTensor::tensor) - block_tensors.begin();
  const std::uint64_t number = kEnds + k * kPerBlock + static_cast<std::uint64_t>(place);
  if (tensor == &BlockWeights::attention_norm || tensor == &BlockWeights::mlp_norm) return norm(number);
  const std::size_t columns = shape_of(config_, tensor)[1];
  const bool writes = tensor == &BlockWeights::output || tensor == &BlockWeights::down;
  const double embedding = 1 / std::sqrt(static_cast<double>(config_.hidden_size));
  const double product = 1 / std::sqrt(static_cast<double>(columns));
  const double share = embedding / std::sqrt(2.0 * static_cast<double>(config_.blocks));
  const ReadRow plain = matrix(number, columns, writes ? share * product : product, !writes);
  if (k != massive_block()) return plain;
  if (tensor == &BlockWeights::gate || tensor == &BlockWeights::up)
    return [this, plain](std::size_t r, std::span<float> values) {
      plain(r, values);
      if (r != neuron_) return;
      const double size = kAnswer / static_cast<double>(values.size());
      for (std::size_t j = 0; j < values.size(); ++j) values[j] = static_cast<float>(size) * bos_[j] / factor_[j];
    };
  if (tensor == &BlockWeights::down)
    return [this, plain, embedding](std::size_t r, std::span<float> values) {
      plain(r, values);
      const double size = kMassive * embedding / (kAnswer * kAnswer);
      values[neuron_] = 0;
      if (r == massive_[0]) values[neuron_] = static_cast<float>(size);
      if (r == massive_[1]) values[neuron_] = static_cast<float>(-0.7 * size);
    };
  return plain;
}

}  // namespace snnsim::models
