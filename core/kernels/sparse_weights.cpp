#include "core/kernels/sparse_weights.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <stdexcept>

#include "core/kernels/integer_weights.hpp"

namespace snnsim {
namespace {

constexpr std::size_t kMostTargets = std::size_t{1} << 16U;  // of a block: they are kept in 16 bits
constexpr std::size_t kLeastTargets = 512, kWantedBlocks = 16;

/// Enough blocks for every core to get a share of one row, none so small that going through the sources shows.
std::size_t targets_of_block(std::size_t out) {
  const std::size_t share = (out + kWantedBlocks - 1) / kWantedBlocks;
  return std::min(kMostTargets, padded_outputs(std::max(kLeastTargets, share)));
}

}  // namespace

SparseWeights::SparseWeights(std::size_t out, std::size_t in, std::span<const std::uint64_t> offsets,
                             std::span<const std::uint32_t> targets, std::span<const std::int8_t> weights)
    : out_(out), in_(in), block_targets_(targets_of_block(out)), blocks_((out + block_targets_ - 1) / block_targets_) {
  check(offsets, targets, weights.size());
  begin_.assign(blocks_ * in + 1, 0);
  degree_.resize(in);
  for (std::size_t j = 0; j < in; ++j) {
    degree_[j] = static_cast<std::uint32_t>(offsets[j + 1] - offsets[j]);
    for (std::uint64_t k = offsets[j]; k < offsets[j + 1]; ++k) ++begin_[targets[k] / block_targets_ * in + j + 1];
  }
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  target_.resize(targets.size());
  weight_.resize(targets.size());
  std::vector<std::uint64_t> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t j = 0; j < in; ++j)
    for (std::uint64_t k = offsets[j]; k < offsets[j + 1]; ++k) {
      const std::uint64_t place = next[targets[k] / block_targets_ * in + j]++;
      target_[place] = static_cast<std::uint16_t>(targets[k] % block_targets_);
      weight_[place] = weights[k];
    }
  sum_up(targets, weights);
}

void SparseWeights::check(std::span<const std::uint64_t> offsets, std::span<const std::uint32_t> targets,
                          std::size_t weights) const {
  const bool fit = offsets.size() == in_ + 1 && offsets.front() == 0 && offsets.back() == targets.size() &&
                   targets.size() == weights && std::ranges::is_sorted(offsets);
  if (!fit) throw std::out_of_range("offsets, targets and weights do not fit together");
  if (std::ranges::any_of(targets, [&](std::uint32_t target) { return target >= out_; }))
    throw std::out_of_range("a synapse to a neuron that does not exist");
}

void SparseWeights::sum_up(std::span<const std::uint32_t> targets, std::span<const std::int8_t> weights) {
  row_sums_.assign(out_, 0);
  std::vector<std::int64_t> magnitude(out_, 0);
  for (std::size_t k = 0; k < targets.size(); ++k) {
    row_sums_[targets[k]] += weights[k];
    magnitude[targets[k]] += std::abs(static_cast<int>(weights[k]));
  }
  for (const std::int64_t m : magnitude) max_row_magnitude_ = std::max(max_row_magnitude_, m);
}

PopulationActivity SparseWeights::reach(std::span<const std::int16_t> counts) const {
  PopulationActivity reached;
  for (std::size_t j = 0; j < counts.size(); ++j) {
    if (counts[j] == 0) continue;
    const auto size = static_cast<std::uint32_t>(std::abs(static_cast<int>(counts[j])));
    reached.spikes += degree_[j];
    reached.magnitude += std::uint64_t{size} * degree_[j];
    reached.shift_adds += static_cast<std::uint64_t>(std::popcount(size)) * degree_[j];
  }
  return reached;
}

}  // namespace snnsim
