#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/tokenizer/tokenizer.hpp"

namespace snnsim::experiments {

using TokenIds = std::vector<models::TokenId>;

/// A token sequence to evaluate and which of its tokens are scored. All ids but the last run as positions 0, 1, …;
/// position i predicts ids[i + 1], so the last id is only predicted.
struct Segment {
  TokenIds ids;                  // at least 2
  std::size_t first_scored = 1;  // ids[first_scored], … are predicted and scored; in [1, ids.size())
  std::uint64_t words = 0;       // protocol lm_eval: words of the page that begins here, 0 for its later windows

  std::size_t inputs() const { return ids.size() - 1; }
  std::size_t scored() const { return ids.size() - first_scored; }
  bool operator==(const Segment&) const = default;
};

}  // namespace snnsim::experiments
