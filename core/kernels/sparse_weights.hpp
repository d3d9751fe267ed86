#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/simulation/population_activity.hpp"

namespace snnsim {

/// Integer weights of a projection with few synapses (out × in), by source. They are kept in blocks of targets, each
/// sorted by source, so that tasks with a block each write to disjoint sums and read memory from front to back.
class SparseWeights {
 public:
  /// Compressed rows by source (CSR): the synapses of source j are entries offsets[j] .. offsets[j + 1] - 1 of targets
  /// and weights, in any order; two of the same source and target add up. offsets: (in + 1), ascending from 0.
  /// Σ |w| into a target × the largest possible count must stay below 2^31: the caller proves it with
  /// max_row_magnitude(). Throws std::out_of_range for arrays that do not fit together.
  SparseWeights(std::size_t out, std::size_t in, std::span<const std::uint64_t> offsets,
                std::span<const std::uint32_t> targets, std::span<const std::int8_t> weights);

  std::size_t out() const { return out_; }
  std::size_t in() const { return in_; }
  std::size_t synapses() const { return weight_.size(); }
  /// Synapses of a source.
  std::uint32_t degree(std::size_t source) const { return degree_[source]; }
  /// Σ_j w_ij of every target.
  std::span<const std::int32_t> row_sums() const { return row_sums_; }
  /// max_i Σ_j |w_ij|.
  std::int64_t max_row_magnitude() const { return max_row_magnitude_; }
  /// What spikes reach: the activity of a row of counts, each spike taken as often as its source has synapses.
  PopulationActivity reach(std::span<const std::int16_t> counts) const;

  std::size_t blocks() const { return blocks_; }
  /// Targets of a block: [first_target(b), first_target(b + 1)).
  std::size_t first_target(std::size_t block) const { return block * block_targets_; }
  struct Synapses {
    const std::uint16_t* targets = nullptr;  // counted from the block's first
    const std::int8_t* weights = nullptr;
    std::size_t size = 0;
  };
  /// Of a source, into a block.
  Synapses synapses(std::size_t block, std::size_t source) const {
    const std::uint64_t* begin = begin_.data() + block * in_ + source;
    return {target_.data() + begin[0], weight_.data() + begin[0], begin[1] - begin[0]};
  }

 private:
  void check(std::span<const std::uint64_t> offsets, std::span<const std::uint32_t> targets, std::size_t weights) const;
  void sum_up(std::span<const std::uint32_t> targets, std::span<const std::int8_t> weights);

  std::size_t out_, in_, block_targets_, blocks_;
  std::vector<std::uint64_t> begin_;  // of each (block, source), and the end
  std::vector<std::uint16_t> target_;
  std::vector<std::int8_t> weight_;
  std::vector<std::uint32_t> degree_;
  std::vector<std::int32_t> row_sums_;
  std::int64_t max_row_magnitude_ = 0;
};

}  // namespace snnsim
