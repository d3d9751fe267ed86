#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/conversion/spiking_sequence.hpp"
#include "models/quantization/quantizer.hpp"

namespace snnsim::tests {

/// Random numbers for tests: SplitMix64.
struct Random {
  std::uint64_t state;
  std::uint64_t next();
  float normal();  // roughly: a sum of four uniform numbers
};

/// A random checkpoint in memory: GQA, odd widths, so that padding and grouping are exercised.
std::shared_ptr<const models::Checkpoint> random_checkpoint(std::uint64_t seed);

/// Token ids in [3, vocabulary), with BOS (1) in front.
std::vector<models::TokenId> random_tokens(const models::LlamaConfig& config, std::size_t count, std::uint64_t seed);

models::QuantizedModel quantized(const std::shared_ptr<const models::DenseModel>& dense, int weight_bits,
                                 int activation_bits, std::size_t prefix);

struct Run {
  Matrix<float> output;                       // final RMSNorm (positions × hidden)
  std::vector<Matrix<std::int32_t>> emitted;  // per population (positions × width)
  std::vector<PopulationActivity> activity;   // per population
  SimulationTiming timing;
  bool operator==(const Run& other) const;
};

/// Runs a sequence through a spiking model; `prefix` positions come from the dense model.
Run simulate(const models::SpikingModel& spiking, const models::DenseModel& dense, const Executor& executor,
             const std::vector<models::TokenId>& tokens, std::size_t prefix, bool sequential = false);

}  // namespace snnsim::tests
