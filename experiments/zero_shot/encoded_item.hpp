#pragma once

#include <vector>

#include "experiments/evaluation/segment.hpp"
#include "experiments/experiment.hpp"

namespace snnsim::experiments {

/// An item of a zero-shot task in ids.
struct EncodedItem {
  std::vector<Segment> requests;        // one a choice
  std::vector<std::size_t> characters;  // Unicode characters of each choice without the space in front
  std::size_t gold = 0;
};

/// The items of a task, encoded by its protocol. Throws DataError: what read_items() throws, or with the number of an
/// item that cannot be encoded.
std::vector<EncodedItem> encoded_items(const ZeroShotTask& task, const models::Tokenizer& tokenizer,
                                       std::size_t context_length);

}  // namespace snnsim::experiments
