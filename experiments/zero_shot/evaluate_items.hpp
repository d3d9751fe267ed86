#pragma once

#include <span>

#include "experiments/pipeline.hpp"
#include "experiments/zero_shot/encoded_item.hpp"
#include "experiments/zero_shot/zero_shot_result.hpp"

namespace snnsim::experiments {

inline constexpr std::size_t zero_shot_chunk = 8;  // items of a line of results.jsonl

/// Runs items through the networks of evaluation.networks. Positions below quantization.prefix_tokens stay in full
/// precision, BOS or not. What the requests of an item have in common in front is run once in the dense model, several
/// items together, and in the QANN: their results do not depend on how a sequence is cut; the spiking network runs each
/// request whole, because what a position receives there depends on the steps at which the positions before it emitted.
ZeroShotResult evaluate_items(const Pipeline& pipeline, const Experiment& experiment,
                              std::span<const EncodedItem> items);

}  // namespace snnsim::experiments
