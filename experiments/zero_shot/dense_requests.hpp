#pragma once

#include <span>
#include <vector>

#include "experiments/zero_shot/encoded_item.hpp"
#include "models/llama/dense_model.hpp"

namespace snnsim::experiments {

using Ids = std::span<const models::TokenId>;

/// The ids of a request that a network gets: all but the last.
Ids inputs_of(const Segment& request);
/// Leading inputs that all requests of an item have in common.
std::size_t common_inputs(const EncodedItem& item);

/// How many of the items, from the first on, should go through run_dense() at once: as many as have some two thousand
/// inputs, whose keys and values must be held; at least one.
std::size_t items_at_once(std::span<const EncodedItem> items);

/// The dense model after the inputs of every request of the items: (items × requests). What the requests of an item
/// have in common is run once, and all items are run together.
std::vector<std::vector<models::DenseSequence>> run_dense(const models::DenseModel& model,
                                                          std::span<const EncodedItem> items);

}  // namespace snnsim::experiments
