#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/quantization/quantizer.hpp"
#include "tests/support/random.hpp"

namespace snnsim::tests {

/// A random checkpoint in memory: GQA, odd widths, so that padding and grouping are exercised.
std::shared_ptr<const models::Checkpoint> random_checkpoint(std::uint64_t seed);

/// The same with biases of a size in queries, keys and values.
std::shared_ptr<const models::Checkpoint> biased_checkpoint(float scale);

/// Token ids in [3, vocabulary), with BOS (1) in front.
std::vector<models::TokenId> random_tokens(const models::LlamaConfig& config, std::size_t count, std::uint64_t seed);

models::QuantizedModel quantized(const std::shared_ptr<const models::DenseModel>& dense, int weight_bits,
                                 int activation_bits, std::size_t prefix);

}  // namespace snnsim::tests
