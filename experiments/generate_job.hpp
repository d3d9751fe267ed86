#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/operation_count.hpp"
#include "experiments/experiment.hpp"
#include "experiments/quantized_cache.hpp"

namespace snnsim::experiments {

struct GenerateOptions {
  std::string prompt;
  std::size_t tokens = 64;
  double temperature = 0;  // 0: the most likely token
  std::uint64_t seed = 1;
  std::size_t threads = 0;
  QuantizedCache cache{};  // of quantized models
};

/// One token that the spiking network produced.
struct GeneratedToken {
  std::string_view text;  // the bytes that it adds
  std::uint64_t spikes = 0;
  OperationCount operations;
  double wall_s = 0;
};

/// Prolongs the prompt with the spiking network of the experiment, until `tokens`, the end-of-sequence id, the context
/// length or `stop`. `emit` gets each token as soon as it is known.
void generate_job(const Experiment& experiment, const GenerateOptions& options, const std::atomic<bool>& stop,
                  const std::function<void(const GeneratedToken&)>& emit);

}  // namespace snnsim::experiments
