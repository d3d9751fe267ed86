#pragma once

#include <cstddef>
#include <cstdint>

#include "core/operation_count.hpp"

namespace snnsim::experiments {

/// What one network made of some items.
struct ZeroShotTally {
  std::uint64_t correct = 0;        // the right choice has the largest sum of log p; LAMBADA: the word is greedy
  std::uint64_t correct_norm = 0;   // the same of the sum divided by the characters of the choice
  double nll = 0, nll_squared = 0;  // Σ, Σ² over items of -log p of the right continuation, nats
  bool operator==(const ZeroShotTally&) const = default;
};

/// Everything a finished chunk of items adds to the report: one line of results.jsonl.
struct ZeroShotResult {
  std::size_t task = 0;   // index into evaluation.zero_shot
  std::size_t chunk = 0;  // index within that task
  std::uint64_t items = 0;
  ZeroShotTally dense{}, qann{}, snn{};
  std::uint64_t outputs_checked = 0;    // positions whose read-out input was compared with the QANN's
  std::uint64_t outputs_different = 0;  // those that are not the same, bit for bit
  OperationCount operations{};          // of the spiking network
  double wall_s = 0;

  bool operator==(const ZeroShotResult&) const = default;
};

}  // namespace snnsim::experiments
